using ClipGuard.Manifests;
using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>Plans the windows of one segment of an epoch, each for itself. One call at a time.</summary>
/// <param name="rows">The rows.</param>
/// <param name="left">The positions that the segment began with.</param>
/// <param name="size">How large samples are.</param>
/// <param name="bounds">What a batch may come to.</param>
/// <param name="world">Number of ranks.</param>
/// <param name="key">Of the epoch.</param>
internal sealed class SizedWindowPlanner(EpochRows rows, RemainingPositions left, SampleSize size, BatchBySizeState bounds, int world, ulong key)
{
    private const ulong Purpose = 0x512E;

    /// <summary>The first index of a window.</summary>
    public long IndexOf(long window) => window * bounds.WindowRows;

    /// <summary>Plans a window, for which its rows are read.</summary>
    /// <param name="window">Its number.</param>
    /// <param name="forgetsBefore">Whether no position before it will be asked for any more.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="ManifestException">No row of it has a size.</exception>
    public async Task<SizeSortedWindow?> PlanAsync(long window, bool forgetsBefore, CancellationToken cancellation)
    {
        long first = IndexOf(window);
        if (first >= left.Length)
        {
            return null;
        }

        if (forgetsBefore && rows.Count is null)
        {
            rows.Passed(left[first]);
        }

        var samples = new List<PlannedSample>();
        while (samples.Count < bounds.WindowRows && first + samples.Count is var index && !(index >= left.Length)
            && await rows.AtAsync(left[index], cancellation).ConfigureAwait(false) is { } sample)
        {
            samples.Add(sample);
        }

        if (samples.Count == 0)
        {
            return null;
        }

        // A window's rows are read at once: their storage may not answer, and a limit for each of them would cost more than the reading.
        double[] sizes = await AbandonableRead.RunAsync(() => Task.FromResult(SizesOf(samples, cancellation)), cancellation).ConfigureAwait(false);
        return new SizeSortedWindow(samples, sizes, first, bounds, world, StableHash.Of(key, Purpose, (ulong)window));
    }

    private double[] SizesOf(List<PlannedSample> samples, CancellationToken cancellation)
    {
        double[] sizes = new double[samples.Count];
        SampleRow? unknown = null;
        bool isAnyKnown = false;
        for (int i = 0; i < sizes.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();

            if (samples[i].Rows.Read(samples[i].Row) is not SampleRow row)
            {
                // A bad row is no sample and has no size. It counts as much as the sample before it, so that bad rows are spread over the batches as others
                // are: each needs a substitute, of which a batch has but a few.
                sizes[i] = i == 0 ? 0 : sizes[i - 1];
                continue;
            }

            double? known = size.Find(row.Sample);
            sizes[i] = known ?? bounds.MaxSize;
            (unknown, isAnyKnown) = (known is null ? unknown ?? row : unknown, isAnyKnown || known is not null);
        }

        // One of many rows may lack it. Where all do, the name is wrong, and each sample would come alone.
        return isAnyKnown || unknown is null ? sizes : throw new ManifestException(
            $"None of {sizes.Length} rows has a size by {nameof(LoaderOptions)}.{nameof(LoaderOptions.BatchBySize)} ({size.Name}); "
                + $"line {unknown.Line} is one of them.");
    }
}
