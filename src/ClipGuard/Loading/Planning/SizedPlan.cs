using System.Runtime.CompilerServices;

using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>
/// A plan of batches that are bounded by the sizes of their samples. It goes through the epoch in windows; each gives every rank equally many batches, and each
/// can be planned without those before it. So a run that goes on needs one window, whatever came before.
/// </summary>
/// <param name="rows">The rows.</param>
/// <param name="segments">What was consumed before with other numbers of ranks, or other bounds.</param>
/// <param name="rank">The rank.</param>
/// <param name="size">How large samples are.</param>
/// <param name="now">What a batch may come to, and where to begin.</param>
/// <param name="dropLast">Whether the epoch's last batch is dropped where ranks have no sample in it.</param>
/// <param name="seed">Of the loader.</param>
/// <param name="epoch">0-based.</param>
internal sealed class SizedPlan(
    EpochRows rows, IReadOnlyList<ResumeSegment> segments, RankInfo rank, SampleSize size, BatchBySizeState now, bool dropLast, ulong seed, int epoch)
    : EpochPlan
{
    private readonly ulong _key = StableHash.Of(seed, (ulong)epoch);

    /// <inheritdoc/>
    public override long? Batches => null;

    /// <inheritdoc/>
    /// <exception cref="LoaderStateException">There are fewer batches.</exception>
    public override async IAsyncEnumerable<PlannedBatch> ReadAsync(long firstBatch, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var left = RemainingPositions.Whole(rows.Count);
        foreach (ResumeSegment segment in segments)
        {
            left = await AfterAsync(left, segment, cancellation).ConfigureAwait(false);
        }

        var windows = new SizedWindowPlanner(rows, left, size, now, rank.World, _key);
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        long number = now.FirstBatch;
        Task<SizeSortedWindow?> next = windows.PlanAsync(now.Window, forgetsBefore: true, abandoned.Token);
        try
        {
            for (long at = now.Window; await next.ConfigureAwait(false) is { } window; at++)
            {
                // Planned meanwhile, or the workers would have nothing to do while the rows of the next window are read.
                next = windows.PlanAsync(at + 1, forgetsBefore: true, abandoned.Token);
                var start = new PlanStart(at, number);
                for (int step = 0; step < window.Steps; step++, number++)
                {
                    bool isDropped = dropLast && window.IsShort(step) && await next.ConfigureAwait(false) is null;
                    if (number >= firstBatch && !isDropped)
                    {
                        yield return new PlannedBatch(number, window.BatchOf(step, rank.Rank), start);
                    }
                }
            }
        }
        finally
        {
            await abandoned.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (number < firstBatch)
        {
            throw TooMany(firstBatch, number);
        }
    }

    private async Task<RemainingPositions> AfterAsync(RemainingPositions left, ResumeSegment segment, CancellationToken cancellation)
    {
        BatchBySizeState bounds = segment.BySize!;
        var windows = new SizedWindowPlanner(rows, left, size, bounds, segment.World, _key);
        HashSet<long>[] ahead = [.. segment.Ahead.Select(static batches => batches.ToHashSet())];
        long mostReached = segment.Ahead.SelectMany(static batches => batches).Select(static batch => batch + 1).Concat(segment.Consumed).Max();
        var skipped = new List<long>();
        long at = bounds.Window;
        for (long number = bounds.FirstBatch; number < mostReached; at++)
        {
            // What is left of the segment's windows is asked for again.
            SizeSortedWindow window = await windows.PlanAsync(at, forgetsBefore: at == bounds.Window, cancellation).ConfigureAwait(false)
                ?? throw TooMany(mostReached, number);
            for (int step = 0; step < window.Steps; step++, number++)
            {
                for (int of = 0; of < segment.World; of++)
                {
                    if (number >= segment.Consumed[of] && !(ahead.Length > 0 && ahead[of].Contains(number)))
                    {
                        skipped.AddRange(window.IndexesOf(step, of));
                    }
                }
            }
        }

        skipped.Sort();
        return left.After([.. skipped], windows.IndexOf(at));
    }

    private static LoaderStateException TooMany(long consumed, long batches) =>
        new($"The state has consumed {consumed} batches, more batches than there are: {batches}.");
}
