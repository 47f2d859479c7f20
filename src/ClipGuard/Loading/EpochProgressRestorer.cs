using System.Collections.Immutable;

namespace ClipGuard.Loading;

/// <summary>Works out from states where a loader goes on.</summary>
internal static class EpochProgressRestorer
{
    /// <param name="states">One state, or one of every rank.</param>
    /// <param name="now">The state of the loader that is to go on, of which the settings count.</param>
    /// <exception cref="LoaderStateException">They do not belong together.</exception>
    public static EpochProgress Resume(IReadOnlyList<LoaderState> states, LoaderState now)
    {
        Check(states, now);
        LoaderState first = states[0];
        bool isSameRun = first.World == now.World && first.BatchSize == now.BatchSize && BatchBySizeState.AreAlike(first.BySize, now.BySize);
        if (isSameRun && states.FirstOrDefault(state => state.Rank == now.Rank) is { } own)
        {
            return new EpochProgress(own.Epoch, own.ResumeSegments, own.ExcludedLines, own.ConsumedCount, [.. own.ConsumedAhead])
            {
                FailedLines = [.. own.FailedLines],
                Windows = WindowsOf(own),
                Snapshot = own.Snapshot,
                Failures = new FailureCount(own.TriedRowCount, own.FaultCount, own.UnsettledCount),
            };
        }

        if (states.Count < first.World && first.ConsumedAhead.Count > 0)
        {
            // Which batches the other ranks consumed out of order cannot be inferred from one rank's state.
            throw new LoaderStateException(
                $"The state was taken by rank {first.Rank} between batches that came out of order; give the states of all {first.World} ranks.");
        }

        if (states.Count == 1 && isSameRun)
        {
            // The only state is another rank's of the same world. In order all ranks have consumed the same number of batches, so this rank goes on there too.
            return new EpochProgress(first.Epoch, first.ResumeSegments, first.ExcludedLines, first.ConsumedCount, [])
            {
                FailedLines = [.. first.FailedLines],
                Windows = WindowsOf(first),
                Snapshot = first.Snapshot,
            };
        }

        long[] consumed = new long[first.World];
        consumed.AsSpan().Fill(first.ConsumedCount);
        IReadOnlyList<long>[] ahead = [.. consumed.Select(static _ => Array.Empty<long>())];
        foreach (LoaderState state in states)
        {
            (consumed[state.Rank], ahead[state.Rank]) = (state.ConsumedCount, state.ConsumedAhead);
        }

        var segment = new ResumeSegment(first.World, first.BatchSize, consumed)
        {
            Ahead = ahead.Any(static batches => batches.Count > 0) ? ahead : [],

            // Before the earliest of these places every rank has consumed everything.
            BySize = states.Select(static state => state.BySize).MinBy(static sized => sized?.FirstBatch),
        };
        return EpochProgress.Begin(first.Epoch, [.. first.ResumeSegments, segment], first.ExcludedLines) with
        {
            FailedLines = [.. states.SelectMany(static state => state.FailedLines)],
            Snapshot = first.Snapshot,
        };
    }

    /// <summary>Refuses to go on behind more batches than the rows make.</summary>
    /// <param name="progress">Where a loader would go on.</param>
    /// <param name="rows">Rows of the epoch.</param>
    /// <param name="now">The loader's batches.</param>
    /// <exception cref="LoaderStateException">More are said to be consumed than there are.</exception>
    public static void CheckCounts(EpochProgress progress, long rows, RankBatches now)
    {
        var left = RemainingPositions.Whole(rows);
        foreach (ResumeSegment segment in progress.ResumeSegments)
        {
            Check(segment.Consumed.Max(), segment.Ahead.SelectMany(static batches => batches), (long)segment.BatchSize * segment.World);
            left = left.After(segment, static place => place);
        }

        Check(progress.Consumed, progress.Ahead, (long)now.BatchSize * now.RankInfo.World);

        void Check(long consumed, IEnumerable<long> ahead, long globalBatch)
        {
            long batches = (left.Length!.Value + globalBatch - 1) / globalBatch;
            if (consumed > batches || ahead.Any(batch => batch >= batches))
            {
                throw new LoaderStateException($"The state has consumed more batches than there are: {left.Length} rows make {batches} of {globalBatch}.");
            }
        }
    }

    private static ImmutableSortedDictionary<long, long> WindowsOf(LoaderState state) =>
        ImmutableSortedDictionary<long, long>.Empty.Add(state.BySize?.FirstBatch ?? 0, state.BySize?.Window ?? 0);

    private static void Check(IReadOnlyList<LoaderState> states, LoaderState now)
    {
        if (states.Count == 0)
        {
            throw new LoaderStateException("There is no state to resume from.");
        }

        if (states.Select(static state => state.Flaw).FirstOrDefault(static flaw => flaw is not null) is { } flaw)
        {
            throw new LoaderStateException($"The state is not sound: {flaw}.");
        }

        LoaderState first = states[0];
        long batchesApart = states.Max(static state => state.ConsumedCount) - states.Min(static state => state.ConsumedCount);
        if (batchesApart > (LoaderState.MaxSamplesApart / first.World / first.BatchSize) + 1)
        {
            throw new LoaderStateException("The states are not sound: the ranks have consumed numbers of batches that are too far apart to be of one run.");
        }

        Same("manifest", first.Manifest, now.Manifest, "it has changed, or it is another one");
        Same("seed", first.Seed, now.Seed, "set the same");
        Same("shuffle", first.Shuffle, now.Shuffle, "set the same");
        Same("shuffle window", first.ShuffleWindow, now.ShuffleWindow, "set the same");
        Same("order by buckets", first.Buckets ?? "none", now.Buckets ?? "none", "set the same");
        Same("size that bounds batches", first.BySize?.Size ?? "none", now.BySize?.Size ?? "none", "set the same");
        Same("list of excluded rows", first.Excluded ?? "none", now.Excluded ?? "none", "give the same lists");
        Same("excluded lines", first.GivenLines ?? "none", now.GivenLines ?? "none", $"give the same {nameof(LoaderOptions.ExcludedLines)}");
        Same(
            "snapshot",
            first.Snapshot ?? "none",
            now.Snapshot ?? "none",
            $"open the loader with the state's as {nameof(LoaderOptions)}.{nameof(LoaderOptions.Snapshot)}");
        if (states.Count > 1)
        {
            bool isEveryRank = states.Select(static state => state.Rank).Order().SequenceEqual(Enumerable.Range(0, first.World));
            if (!isEveryRank || !states.All(state => AreOfOneRun(state, first)))
            {
                throw new LoaderStateException(
                    $"{states.Count} states do not make one run: give one of each of the {first.World} ranks, all of the same epoch, or just one.");
            }
        }
    }

    private static bool AreOfOneRun(LoaderState state, LoaderState first) =>
        state.Epoch == first.Epoch && state.World == first.World && state.BatchSize == first.BatchSize
        && BatchBySizeState.AreAlike(state.BySize, first.BySize)
        && state.Manifest == first.Manifest && state.Seed == first.Seed && state.Shuffle == first.Shuffle && state.ShuffleWindow == first.ShuffleWindow
        && state.Buckets == first.Buckets && state.Excluded == first.Excluded && state.GivenLines == first.GivenLines && state.Snapshot == first.Snapshot
        && state.ExcludedLines.SequenceEqual(first.ExcludedLines) && AreSame(state.ResumeSegments, first.ResumeSegments);

    private static bool AreSame(IReadOnlyList<ResumeSegment> segments, IReadOnlyList<ResumeSegment> others) =>
        segments.Count == others.Count && segments.Zip(others).All(static pair => pair.First.IsSameAs(pair.Second));

    private static void Same<T>(string what, T then, T now, string hint)
    {
        if (!EqualityComparer<T>.Default.Equals(then, now))
        {
            throw new LoaderStateException($"The state's {what} is {then}, the loader's is {now}: {hint}.");
        }
    }
}
