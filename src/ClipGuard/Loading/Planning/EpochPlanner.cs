using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>Makes the rows and the plan of an epoch out of a manifest and the loader's settings.</summary>
/// <param name="opened">The manifest.</param>
/// <param name="options">The settings.</param>
/// <param name="leftOut">The rows that a snapshot leaves out; null for none.</param>
internal sealed class EpochPlanner(OpenedManifest opened, LoaderOptions options, SnapshotExclusion? leftOut)
{
    private readonly ulong _seed = unchecked((ulong)options.Seed);

    /// <summary>The rows that a snapshot leaves out; null for none. To be changed between two epochs.</summary>
    public SnapshotExclusion? LeftOut { get; set; } = leftOut;

    /// <summary>Whether rows are read in groups, so that the shuffle is one of groups.</summary>
    public bool ShufflesGroups => options.Shuffle == ShuffleMode.Full && opened.Index?.ReadTogether is not null;

    /// <summary>What of a plan can be known without reading the manifest: how many batches there are; null where that is known only at the end.</summary>
    public long? Batches(EpochProgress progress) => IndexedRowsOf(progress) is { } rows ? PlanOf(rows, progress).Batches : null;

    /// <summary>Refuses to go on behind more batches than there are, where their number is known.</summary>
    /// <exception cref="LoaderStateException">More are said to be consumed.</exception>
    public void CheckCounts(EpochProgress progress)
    {
        // How many there are by size shows only once they are planned, and then the plan says it.
        if (opened.Index is { } index && options.BatchBySize is null)
        {
            EpochProgressRestorer.CheckCounts(progress, OrderOf(index, progress).Count, new RankBatches(options.RankInfo, options.BatchSize));
        }
    }

    /// <summary>The rows of an epoch.</summary>
    public EpochRows RowsOf(EpochProgress progress)
    {
        if (IndexedRowsOf(progress) is { } rows)
        {
            return rows;
        }

        return new StreamedEpochRows(
            opened.Manifest,
            (LeftOut?.Lines ?? Enumerable.Empty<ManifestLineReference>()).Concat(options.ExcludedLines).Concat(progress.ExcludedLines).ToHashSet(),
            options.ShuffleWindow,
            options.Shuffle == ShuffleMode.Windowed ? _seed : null,
            progress.Epoch,
            options.Supervision.Deadline);
    }

    /// <summary>The plan of what is left of an epoch.</summary>
    public EpochPlan PlanOf(EpochRows rows, EpochProgress progress)
    {
        if (options.BatchBySize is { } bySize)
        {
            BatchBySizeState now = BatchBySizeState.Of(options, progress.Start)!;
            return new SizedPlan(rows, progress.ResumeSegments, options.RankInfo, bySize.Size, now, options.DropLast, _seed, progress.Epoch);
        }

        Func<RemainingPositions, long, Func<long, long>>? bucket = null;
        if (options.Buckets is { } buckets && opened.Index is { } index)
        {
            RowOrder order = OrderOf(index, progress);
            double SizeAt(long position) => index.Read(order.RowAt(position)) is SampleRow row ? buckets.SizeOf(row.Sample) : 0;
            bucket = (positions, globalBatch) =>
                new LengthBuckets(positions, SizeAt, globalBatch, buckets.WindowBatches, _seed, progress.Epoch).IndexAt;
        }

        return new FixedBatchSizePlan(rows, progress.ResumeSegments, new RankBatches(options.RankInfo, options.BatchSize), options.DropLast, bucket);
    }

    private IndexedEpochRows? IndexedRowsOf(EpochProgress progress) => opened.Index is { } index
        ? new IndexedEpochRows(index, OrderOf(index, progress), opened.Manifest.Name, options.Supervision.Deadline)
        : null;

    private RowOrder OrderOf(IndexedRows index, EpochProgress progress)
    {
        ulong? seed = options.Shuffle == ShuffleMode.Full ? _seed : null;
        IReadOnlyList<long> lines = index.FindRows([.. options.ExcludedLines, .. progress.ExcludedLines]);
        long[] leftOut = LeftOut?.Rows ?? [];
        long[] excluded = lines.Count + leftOut.Length == 0 ? opened.ExcludedRows : [.. opened.ExcludedRows.Concat(leftOut).Concat(lines).Distinct().Order()];
        return new RowOrder(index.Count, excluded, seed, progress.Epoch, index.ReadTogether, options.ShuffleWindow);
    }
}
