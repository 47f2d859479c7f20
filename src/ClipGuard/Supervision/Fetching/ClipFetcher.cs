using System.Net;

using ClipGuard.Fetching;
using ClipGuard.Media;

namespace ClipGuard.Supervision.Fetching;

/// <summary>
/// Fetches clips that lie at addresses, in this process: helpers have no network, whatever a clip wants. What came of it is said in the words of clips: a
/// fault, or unsettled where it is the server that is at fault. Any number of threads.
/// </summary>
internal sealed class ClipFetcher : IDisposable
{
    private readonly PatientFetch _fetch;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _time;

    /// <summary>A fetcher that has made no connection.</summary>
    /// <param name="options">How clips are fetched.</param>
    /// <param name="deadline">All tries at one clip together.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="isPrivate">Which addresses are private; null for those that are.</param>
    public ClipFetcher(FetchOptions options, TimeSpan deadline, TimeProvider? time = null, Func<IPAddress, bool>? isPrivate = null)
    {
        _fetch = new PatientFetch(options, time, isPrivate);
        _deadline = deadline;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Fetches one clip.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="settlingLimit">All tries together where nobody waits, and a server that is left alone is waited for; null for the deadline.</param>
    /// <param name="cancellation">Ends the fetch.</param>
    /// <exception cref="OperationCanceledException">The caller gave up, or the fetcher was disposed.</exception>
    public async Task<ClipFetchResult> FetchAsync(RemoteSource source, TimeSpan? settlingLimit, CancellationToken cancellation)
    {
        long began = _time.GetTimestamp();
        var request = new FetchRequest(source.Address) { Offset = source.Offset, Length = source.Length, Version = source.Version };
        var limits = new FetchLimits(settlingLimit ?? _deadline, _fetch.Options.MaxBytes) { IsPatient = settlingLimit is not null };
        FetchResult result = await _fetch.FetchAsync(request, limits, cancellation).ConfigureAwait(false);
        FetchFailure? failure = result.Failure ?? (result.Bytes!.Value.Length < source.Length
            ? new FetchFailure(FetchFailureKind.Changed, $"{result.Bytes!.Value.Length} bytes are there of {source.Length}") : null);
        if (failure is null)
        {
            return new ClipFetchResult(new MemorySource(result.Bytes!.Value)) { Object = request.IsRange ? null : result.Object };
        }

        TimeSpan elapsed = _time.GetElapsedTime(began);
        var postMortem = new PostMortem { Elapsed = elapsed, Time = new TimeByCause { WaitedForBytes = elapsed }, Log = failure.Measured };
        string message = $"{source}: {failure.Reason}.";
        FaultKind? fault = failure.Kind switch
        {
            FetchFailureKind.NotFound => FaultKind.Missing,
            FetchFailureKind.Unsupported => FaultKind.Unsupported,
            FetchFailureKind.TooLarge => FaultKind.LimitExceeded,
            _ => null,
        };
        return fault is { } kind
            ? new ClipFetchResult(null, new ClipFault(kind, DecodeStage.Open, message, postMortem))
            : new ClipFetchResult(null, null, new UnsettledClip(UnsettledCause.Server, DecodeStage.Open, message, postMortem));
    }

    /// <summary>Asks what a server says of a whole object now, by one request for its first byte.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>Null where the server does not say.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up, or the fetcher was disposed.</exception>
    public async Task<FetchedObject?> LookAsync(Uri address, CancellationToken cancellation)
    {
        var request = new FetchRequest(address) { Length = 1 };
        FetchResult result = await _fetch.FetchAsync(request, new FetchLimits(_deadline, _fetch.Options.MaxBytes), cancellation).ConfigureAwait(false);
        return result.Failure is null ? result.Object : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _fetch.Dispose();
}
