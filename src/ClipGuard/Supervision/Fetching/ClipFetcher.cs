using System.Net;

using ClipGuard.Media;

namespace ClipGuard.Supervision.Fetching;

/// <summary>
/// Fetches clips that lie at http and https addresses, in this process: helpers have no network, whatever a clip wants.
/// What a server sends is only bytes here; they are looked at in a helper alone. Any number of threads.
/// </summary>
internal sealed class ClipFetcher : IDisposable
{
    private const int BufferBytes = 64 << 10;

    // Longer pauses of a server's are not waited for: it has failed to answer five times in a row, and another run tries its clips again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly HttpConnections _connections;
    private readonly ServerBreaker _servers;
    private readonly FetchOptions _options;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closed = new();

    /// <summary>A fetcher that has made no connection.</summary>
    /// <param name="options">How clips are fetched.</param>
    /// <param name="deadline">All tries at one clip together.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="isPrivate">Which addresses are private; null for those that are.</param>
    public ClipFetcher(FetchOptions options, TimeSpan deadline, TimeProvider? time = null, Func<IPAddress, bool>? isPrivate = null)
    {
        _options = options;
        _deadline = deadline;
        _time = time ?? TimeProvider.System;
        _connections = new HttpConnections(options.AllowPrivate, isPrivate);
        _servers = new ServerBreaker(_time);
    }

    /// <summary>Fetches one clip.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="settlingLimit">All tries together where nobody waits, and a server that is left alone is waited for; null for the deadline.</param>
    /// <param name="cancellation">Ends the fetch.</param>
    /// <exception cref="OperationCanceledException">The caller gave up, or the fetcher was disposed.</exception>
    public async Task<FetchedClip> FetchAsync(HttpSource source, TimeSpan? settlingLimit, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_closed.IsCancellationRequested, this);
        long began = _time.GetTimestamp();
        TimeSpan limit = settlingLimit ?? _deadline;
        using var deadline = new CancellationTokenSource(limit, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token, _closed.Token);
        for (int tries = 1; ; tries++)
        {
            while (!_servers.MayAsk(source.Address, out TimeSpan left))
            {
                if (settlingLimit is null || left > LongestWait || !await PauseAsync(left, stop.Token, cancellation).ConfigureAwait(false))
                {
                    return Unsettled(source, "its server has not answered for several clips, and is left alone for a while", began);
                }
            }

            Answer answer = await TryAsync(source.Address, limit, deadline.Token, stop.Token, cancellation).ConfigureAwait(false);
            if (answer.Bytes is { } bytes)
            {
                _servers.Answered(source.Address);
                return new FetchedClip(new MemorySource(bytes));
            }

            TimeSpan pause = _options.RetryPause * Math.Pow(2, Math.Min(tries - 1, 10));
            pause = answer.RetryAfter > pause ? answer.RetryAfter.Value : pause;
            bool isOver = !answer.MayPass || tries > _options.Retries || pause >= limit - _time.GetElapsedTime(began);
            if (!isOver && await PauseAsync(pause, stop.Token, cancellation).ConfigureAwait(false))
            {
                continue;
            }

            if (answer.IsSilence)
            {
                _servers.Failed(source.Address);
            }
            else
            {
                _servers.Answered(source.Address);
            }

            string often = tries == 1 ? string.Empty : $" ({tries} tries)";
            string later = answer.RetryAfter is { } wait ? $", and asks to come back in {wait.TotalSeconds:0.###} s" : string.Empty;
            string reason = $"{answer.Reason}{later}{often}";
            return answer.Kind is { } kind
                ? new FetchedClip(null, new ClipFault(kind, DecodeStage.Open, $"{source}: {reason}.", new PostMortem { Elapsed = _time.GetElapsedTime(began) }))
                : Unsettled(source, reason, began);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Fetches under way end as cancelled, which is no fault of their clips. The token source is not disposed: they still ask it whether it was cancelled.
        _closed.Cancel();
        _connections.Dispose();
    }

    private void ThrowIfNotWanted(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _closed.Token.ThrowIfCancellationRequested();
    }

    private FetchedClip Unsettled(HttpSource source, string reason, long began) => new(null, null, new UnsettledClip(
        UnsettledCause.Server, DecodeStage.Open, $"{source}: {reason}.", new PostMortem { Elapsed = _time.GetElapsedTime(began) }));

    private async Task<Answer> TryAsync(Uri address, TimeSpan limit, CancellationToken deadline, CancellationToken stop, CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(address, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ThrowIfNotWanted(cancellation);
            return deadline.IsCancellationRequested
                ? new Answer(Reason: $"not there within {limit.TotalSeconds:0.###} s", IsSilence: true)
                : new Answer(Reason: $"the server said nothing for {_options.WaitLimit.TotalSeconds:0.###} s", MayPass: true, IsSilence: true);
        }
        catch (RefusedRedirectException refused)
        {
            return new Answer(Reason: refused.Message, Kind: FaultKind.Unsupported);
        }
        catch (InvalidDataException broken)
        {
            return new Answer(Reason: $"its body cannot be unpacked: {broken.Message.TrimEnd('.')}", Kind: FaultKind.Missing);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            ThrowIfNotWanted(cancellation);
            return new Answer(Reason: error.Message.TrimEnd('.'), MayPass: true, IsSilence: true);
        }
    }

    private async Task<Answer> AskAsync(Uri address, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(_options.WaitLimit);
        void Heard() => patience.CancelAfter(_options.WaitLimit);
        using HttpResponseMessage response = await _connections.GetAsync(address, Heard, patience.Token).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return Refusal(response);
        }

        if (response.Content.Headers.ContentLength is { } promised && promised > _options.MaxBytes)
        {
            return TooLarge($"{promised} bytes are");
        }

        using Stream body = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        var fetched = new MemoryStream();
        byte[] buffer = new byte[BufferBytes];
        int read;
        while ((read = await body.ReadAsync(buffer, patience.Token).ConfigureAwait(false)) > 0)
        {
            if (fetched.Length + read > _options.MaxBytes)
            {
                return TooLarge("it is");
            }

            fetched.Write(buffer, 0, read);
            Heard();
        }

        return new Answer(Bytes: fetched.GetBuffer().AsMemory(0, (int)fetched.Length));
    }

    // A server that wants to know who asks, that is busy or that fails says nothing of the clip; any other refusal says that there is none.
    private Answer Refusal(HttpResponseMessage response)
    {
        bool mayPass = response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
        bool isServers = mayPass
            || response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired;
        TimeSpan? wait = response.Headers.RetryAfter is { } after && mayPass ? after.Delta ?? (after.Date - _time.GetUtcNow()) : null;
        return new Answer(
            Reason: $"the server answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd(),
            MayPass: mayPass,
            Kind: isServers ? null : FaultKind.Missing,
            RetryAfter: wait > TimeSpan.Zero ? wait : null,
            IsSilence: response.StatusCode >= HttpStatusCode.InternalServerError);
    }

    private Answer TooLarge(string what) => new(Reason: $"{what} over the limit of {_options.MaxBytes} bytes", Kind: FaultKind.LimitExceeded);

    // False where there is no time for it.
    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken stop, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(pause, _time, stop).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            ThrowIfNotWanted(cancellation);
            return false;
        }
    }

    /// <summary>What came of one try.</summary>
    /// <param name="Bytes">The clip; null where there is none.</param>
    /// <param name="Reason">Why not.</param>
    /// <param name="MayPass">Whether another try may do better.</param>
    /// <param name="Kind">The clip's fault; null where it is the server that is at fault.</param>
    /// <param name="RetryAfter">When the server wants to be asked again.</param>
    /// <param name="IsSilence">Whether the server is as good as not there.</param>
    private readonly record struct Answer(
        ReadOnlyMemory<byte>? Bytes = null,
        string? Reason = null,
        bool MayPass = false,
        FaultKind? Kind = null,
        TimeSpan? RetryAfter = null,
        bool IsSilence = false);
}
