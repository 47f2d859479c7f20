using System.Net;

namespace ClipGuard.Fetching;

/// <summary>
/// Fetches with a limited number of tries: tries again what may pass, waits as long as a server asks for, goes on where a body broke off, leaves servers alone
/// that do not answer, and believes no range, length or version unchecked. What comes is only bytes here. Any number of threads.
/// </summary>
internal sealed class RetryingFetch : IDisposable
{
    // Longer pauses of a server's are not waited for: it has failed to answer five times in a row, and another run tries its clips again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    // A timer takes no longer time.
    private static readonly TimeSpan LongestLimit = TimeSpan.FromDays(40);

    private readonly Fetchers _fetchers;
    private readonly ServerCircuitBreaker _servers;
    private readonly FetchOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closed = new();

    /// <summary>A fetch that has made no connection.</summary>
    /// <param name="options">How it is done, and by which fetchers.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="isPrivate">Which addresses are private; null for those that are.</param>
    public RetryingFetch(FetchOptions options, TimeProvider? time = null, Func<IPAddress, bool>? isPrivate = null)
    {
        _options = options;
        _time = time ?? TimeProvider.System;
        _fetchers = new Fetchers(options, new HttpFetcher(options, _time, isPrivate));
        _servers = new ServerCircuitBreaker(_time);
    }

    public FetchOptions Options => _options;

    /// <summary>Fetches an object or a range of it.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up, or this was disposed.</exception>
    public async Task<FetchResult> FetchAsync(FetchRequest request, FetchLimits limits, CancellationToken cancellation)
    {
        var gathered = new PartialDownload(request, limits.MaxBytes);
        FetchFailure? failure = await TryAsync(
            request.Address,
            limits,
            async (fetcher, heard, stop) =>
            {
                FetchRequest missing = gathered.Missing(heard);
                using FetchAnswer answer = await fetcher.FetchAsync(missing, stop).ConfigureAwait(false);
                return await gathered.TakeAsync(missing, answer, heard, stop).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
        return new FetchResult(failure is null ? gathered.Bytes : null, failure)
        {
            ObjectLength = gathered.ObjectLength,
            Version = gathered.Version,
            Modified = gathered.Modified,
        };
    }

    /// <summary>All addresses that begin with another.</summary>
    /// <param name="prefix">What they begin with.</param>
    /// <param name="limits">What each page may take, and how many addresses there may be.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="FetchException">They cannot be listed, or are too many.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up, or this was disposed.</exception>
    public async Task<IReadOnlyList<Uri>> ListAsync(Uri prefix, FetchLimits limits, CancellationToken cancellation)
    {
        var found = new List<Uri>();
        FetchListing? page = null;
        do
        {
            string? next = page?.Continuation;
            FetchFailure? failure = await TryAsync(
                prefix,
                limits,
                async (fetcher, _, stop) =>
                {
                    page = await fetcher.ListAsync(prefix, next, stop).ConfigureAwait(false);
                    bool isSame = next is not null && page.Continuation == next;
                    return page.Failure ?? (isSame ? new FetchFailure(FetchFailureKind.Unanswered, "the server lists the same again") : null);
                },
                cancellation).ConfigureAwait(false);
            failure ??= found.Count + page!.Addresses.Count > limits.MaxBytes
                ? new FetchFailure(FetchFailureKind.TooLarge, $"more than {limits.MaxBytes} objects are there") : null;
            if (failure is not null)
            {
                throw new FetchException(failure, $"{new FetchRequest(prefix)}: {failure.Reason}.");
            }

            found.AddRange(page!.Addresses);
        }
        while (page.Continuation is not null);
        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Fetches under way end as cancelled, which is no fault of their clips. The token source is not disposed: they still ask it whether it was cancelled.
        _closed.Cancel();
        _fetchers.Dispose();
    }

    private async Task<FetchFailure?> TryAsync(
        Uri address, FetchLimits limits, Func<IFetcher, Action, CancellationToken, Task<FetchFailure?>> attempt, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_closed.IsCancellationRequested, this);
        if (_fetchers.For(address) is not { } fetcher)
        {
            return new FetchFailure(FetchFailureKind.Unsupported, $"addresses of {address.Scheme}:// {Fetchers.Advice(address.Scheme)}");
        }

        long began = _time.GetTimestamp();
        TimeSpan limit = limits.Time < LongestLimit ? limits.Time : LongestLimit;
        using var deadline = new CancellationTokenSource(limit, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token, _closed.Token);
        for (int tries = 1; ; tries++)
        {
            while (!_servers.MayAsk(address, out TimeSpan left))
            {
                if (!limits.IsPatient || left > LongestWait || !await PauseAsync(left, stop.Token, cancellation).ConfigureAwait(false))
                {
                    return new FetchFailure(
                        FetchFailureKind.Unanswered, "its server has not answered for several clips, and is left alone for a while");
                }
            }

            (FetchFailure? failure, bool mayPass) = await AttemptAsync(fetcher, attempt, limit, deadline.Token, stop.Token, cancellation).ConfigureAwait(false);
            if (failure is null)
            {
                _servers.Answered(address);
                return null;
            }

            TimeSpan pause = _options.RetryPause * Math.Pow(2, Math.Min(tries - 1, 10));
            pause = failure.RetryAfter > pause ? failure.RetryAfter.Value : pause;
            bool isOver = !mayPass || tries > _options.Retries || pause >= limit - _time.GetElapsedTime(began);
            if (!isOver && await PauseAsync(pause, stop.Token, cancellation).ConfigureAwait(false))
            {
                continue;
            }

            if (failure.Kind == FetchFailureKind.Unanswered)
            {
                _servers.Failed(address);
            }
            else
            {
                _servers.Answered(address);
            }

            return failure with { Tries = tries };
        }
    }

    private async Task<(FetchFailure? Failure, bool MayPass)> AttemptAsync(
        IFetcher fetcher,
        Func<IFetcher, Action, CancellationToken, Task<FetchFailure?>> attempt,
        TimeSpan limit,
        CancellationToken deadline,
        CancellationToken stop,
        CancellationToken cancellation)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
        waiting.CancelAfter(_options.WaitLimit);
        try
        {
            FetchFailure? failure = await attempt(fetcher, () => waiting.CancelAfter(_options.WaitLimit), waiting.Token).ConfigureAwait(false);
            return (failure, failure is { MayPass: true });
        }
        catch (OperationCanceledException)
        {
            ThrowIfNotWanted(cancellation);
            return deadline.IsCancellationRequested
                ? (new FetchFailure(FetchFailureKind.Unanswered, $"not there within {limit.TotalSeconds:0.###} s"), false)
                : (new FetchFailure(FetchFailureKind.Unanswered, $"the server said nothing for {_options.WaitLimit.TotalSeconds:0.###} s"), true);
        }
        catch (InvalidDataException broken)
        {
            return (new FetchFailure(FetchFailureKind.NotFound, $"its body cannot be unpacked: {broken.Message.TrimEnd('.')}"), false);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            ThrowIfNotWanted(cancellation);

            // The handler's own message tells only that something was the matter.
            string reason = error is HttpRequestException { InnerException: IOException { InnerException: null } inner } ? inner.Message : error.Message;
            return (new FetchFailure(FetchFailureKind.Unanswered, reason.TrimEnd('.')), true);
        }
    }

    private void ThrowIfNotWanted(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _closed.Token.ThrowIfCancellationRequested();
    }

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
}
