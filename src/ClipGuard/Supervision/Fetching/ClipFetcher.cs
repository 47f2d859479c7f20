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

    private readonly HttpConnections _connections;
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
    }

    /// <summary>Fetches one clip.</summary>
    /// <returns>Its bytes, or why there are none: <see cref="FaultKind.Missing"/>, <see cref="FaultKind.Unsupported"/> or <see cref="FaultKind.LimitExceeded"/>.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up, or the fetcher was disposed.</exception>
    public async Task<(MemorySource? Bytes, ClipFault? Fault)> FetchAsync(HttpSource source, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_closed.IsCancellationRequested, this);
        long began = _time.GetTimestamp();
        using var deadline = new CancellationTokenSource(_deadline, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token, _closed.Token);
        for (int tries = 1; ; tries++)
        {
            Answer answer;
            try
            {
                answer = await TryAsync(source.Address, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                ThrowIfNotWanted(cancellation);
                answer = deadline.IsCancellationRequested
                    ? new Answer(Reason: $"not there within {_deadline.TotalSeconds:0.###} s")
                    : new Answer(Reason: $"the server said nothing for {_options.WaitLimit.TotalSeconds:0.###} s", MayPass: true);
            }
            catch (RefusedRedirectException refused)
            {
                answer = new Answer(Reason: refused.Message, Kind: FaultKind.Unsupported);
            }
            catch (InvalidDataException broken)
            {
                answer = new Answer(Reason: $"its body cannot be unpacked: {broken.Message.TrimEnd('.')}");
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                ThrowIfNotWanted(cancellation);
                answer = new Answer(Reason: error.Message.TrimEnd('.'), MayPass: true);
            }

            if (answer.Bytes is { } bytes)
            {
                return (new MemorySource(bytes), null);
            }

            if (!answer.MayPass || tries > _options.Retries || !await PauseAsync(tries, stop.Token, cancellation).ConfigureAwait(false))
            {
                string often = tries == 1 ? string.Empty : $" ({tries} tries)";
                var postMortem = new PostMortem { Elapsed = _time.GetElapsedTime(began) };
                return (null, new ClipFault(answer.Kind, DecodeStage.Open, $"{source}: {answer.Reason}{often}.", postMortem));
            }
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

    private async Task<Answer> TryAsync(Uri address, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(_options.WaitLimit);
        void Heard() => patience.CancelAfter(_options.WaitLimit);
        using HttpResponseMessage response = await _connections.GetAsync(address, Heard, patience.Token).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            bool mayPass = response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
            return new Answer(Reason: $"the server answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd(), MayPass: mayPass);
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

    private Answer TooLarge(string what) => new(Reason: $"{what} over the limit of {_options.MaxBytes} bytes", Kind: FaultKind.LimitExceeded);

    // False where there is no time for another try.
    private async Task<bool> PauseAsync(int tries, CancellationToken stop, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(_options.RetryPause * Math.Pow(2, Math.Min(tries - 1, 10)), _time, stop).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            ThrowIfNotWanted(cancellation);
            return false;
        }
    }

    private readonly record struct Answer(
        ReadOnlyMemory<byte>? Bytes = null, string? Reason = null, bool MayPass = false, FaultKind Kind = FaultKind.Missing);
}
