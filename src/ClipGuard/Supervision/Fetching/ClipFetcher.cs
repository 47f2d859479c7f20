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
    // A long range comes sooner in parts side by side: a server sends each connection so much a second and no more.
    private const long PartBytes = 8 << 20;
    private const int PartsAtATime = 4;

    private readonly RetryingFetch _fetch;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _time;

    /// <summary>A fetcher that has made no connection.</summary>
    /// <param name="options">How clips are fetched.</param>
    /// <param name="deadline">All tries at one clip together.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="isPrivate">Which addresses are private; null for those that are.</param>
    public ClipFetcher(FetchOptions options, TimeSpan deadline, TimeProvider? time = null, Func<IPAddress, bool>? isPrivate = null)
    {
        _fetch = new RetryingFetch(options, time, isPrivate);
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
        FetchResult result = source.Length >= 2 * PartBytes && source.Length <= _fetch.Options.MaxBytes
            ? await FetchPartsAsync(request, source.Length.Value, limits, cancellation).ConfigureAwait(false)
            : await _fetch.FetchAsync(request, limits, cancellation).ConfigureAwait(false);
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
    public async Task<ObjectMetadata?> LookAsync(Uri address, CancellationToken cancellation)
    {
        var request = new FetchRequest(address) { Length = 1 };
        FetchResult result = await _fetch.FetchAsync(request, new FetchLimits(_deadline, _fetch.Options.MaxBytes), cancellation).ConfigureAwait(false);
        return result.Failure is null ? result.Object : null;
    }

    // The first part tells the version, to which the others are held.
    private async Task<FetchResult> FetchPartsAsync(FetchRequest whole, long length, FetchLimits limits, CancellationToken cancellation)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)length);
        FetchResult first = await FetchPartAsync(whole, 0, bytes, limits, cancellation).ConfigureAwait(false);
        if (first.Failure is not null)
        {
            return first;
        }

        FetchRequest held = whole with { Version = first.Version ?? whole.Version };
        FetchFailure? failure = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(1, (int)((length - 1) / PartBytes)),
                new ParallelOptions { MaxDegreeOfParallelism = PartsAtATime, CancellationToken = stop.Token },
                async (number, cancelled) =>
                {
                    FetchResult part = await FetchPartAsync(held, number * PartBytes, bytes, limits, cancelled).ConfigureAwait(false);
                    if (part.Failure is { } reason)
                    {
                        Interlocked.CompareExchange(ref failure, reason, null);
                        await stop.CancelAsync().ConfigureAwait(false);
                    }
                }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (failure is not null && !cancellation.IsCancellationRequested)
        {
            // One part has failed, and the others were ended for it.
        }

        // A server that sends no ranges can still send a clip that begins where its object does.
        return failure is { Kind: FetchFailureKind.Unsupported } && whole.Offset == 0
            ? await _fetch.FetchAsync(whole, limits, cancellation).ConfigureAwait(false)
            : new FetchResult(failure is null ? bytes : null, failure)
            {
                ObjectLength = first.ObjectLength,
                Version = first.Version,
                Modified = first.Modified,
            };
    }

    private async Task<FetchResult> FetchPartAsync(FetchRequest whole, long from, byte[] bytes, FetchLimits limits, CancellationToken cancellation)
    {
        int length = (int)Math.Min(PartBytes, bytes.Length - from);
        FetchResult part = await _fetch.FetchAsync(whole with { Offset = whole.Offset + from, Length = length }, limits, cancellation).ConfigureAwait(false);
        if (part.Failure is not null)
        {
            return part;
        }

        ReadOnlyMemory<byte> got = part.Bytes!.Value;
        got.CopyTo(bytes.AsMemory((int)from));
        return got.Length == length ? part
            : part with { Bytes = null, Failure = new FetchFailure(FetchFailureKind.Changed, $"{from + got.Length} bytes are there of {bytes.Length}") };
    }

    /// <inheritdoc/>
    public void Dispose() => _fetch.Dispose();
}
