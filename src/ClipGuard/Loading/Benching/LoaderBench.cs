using System.Diagnostics;

namespace ClipGuard.Loading;

/// <summary>Runs a loader as training would, with a consumer that does nothing.</summary>
public static class LoaderBench
{
    /// <summary>Reads whole epochs and measures them.</summary>
    /// <param name="loader">The loader; its options say what is decoded and how.</param>
    /// <param name="epochs">How many epochs; positive.</param>
    /// <param name="onBatch">Called with each batch's checksum, in order of delivery; null for no checksums, which cost a pass over the tensors.</param>
    /// <param name="onEpoch">Called with each epoch's report as soon as it ends; null for nobody.</param>
    /// <param name="cancellation">Ends the run with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>One report an epoch.</returns>
    public static async Task<IReadOnlyList<BenchReport>> RunAsync(
        ClipLoader loader, int epochs, Action<BatchChecksum>? onBatch = null, Action<BenchReport>? onEpoch = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epochs);
        var reports = new List<BenchReport>();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            long began = Stopwatch.GetTimestamp();
            TimeSpan? first = null;
            await foreach (Batch batch in loader.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch)
                {
                    first ??= Stopwatch.GetElapsedTime(began);
                    onBatch?.Invoke(BatchChecksum.Of(batch));
                }
            }

            reports.Add(new BenchReport(loader.LastEpoch!, first));
            onEpoch?.Invoke(reports[^1]);
        }

        return reports;
    }
}

/// <summary>The measurements of one epoch of a <see cref="LoaderBench"/>.</summary>
/// <param name="Epoch">The loader's own report.</param>
/// <param name="FirstBatch">Time to the first batch; null where there was none.</param>
public sealed record BenchReport(EpochReport Epoch, TimeSpan? FirstBatch)
{
    /// <summary>Real samples a second.</summary>
    public double SamplesPerSecond => Epoch.SampleCount / Epoch.Elapsed.TotalSeconds;

    /// <summary>Decoded megabytes (10^6 bytes) a second.</summary>
    public double MegabytesPerSecond => Epoch.Bytes / 1e6 / Epoch.Elapsed.TotalSeconds;
}
