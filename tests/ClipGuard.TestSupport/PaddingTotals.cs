using ClipGuard.Loading;
using ClipGuard.Manifests;

namespace ClipGuard.TestSupport;

/// <summary>
/// What is padded of samples whose durations are skewed, as those of speech are: most are short, few are long. Batches by size are compared with batches of one
/// number of samples, which have as many samples on average; both are planned and nothing is decoded.
/// </summary>
/// <param name="Fixed">Batches of one number of samples.</param>
/// <param name="Bucketed">The same, by <see cref="BucketOptions"/>.</param>
/// <param name="BySize">Batches by size.</param>
internal sealed record PaddingTotals(PaddingTotal Fixed, PaddingTotal Bucketed, PaddingTotal BySize)
{
    /// <summary>Plans an epoch of all ranks in each way.</summary>
    /// <param name="rows">Samples.</param>
    /// <param name="world">Number of ranks.</param>
    /// <param name="maxSeconds">Of a batch by size, padding included.</param>
    public static PaddingTotals Of(int rows, int world, double maxSeconds)
    {
        double[] seconds = Durations(rows);
        var size = new SampleSize(sample => seconds[(int)sample.FindNumber("row")!], "seconds");
        var bounds = new BatchBySizeState(size.Name, maxSeconds, MaxSamples: 512, CountsPadding: true, WindowRows: 10_000, Window: 0, FirstBatch: 0);
        PaddingTotal bySize = Total(world, seconds, rank => new SizedPlan(RowsOf(rows), [], rank, size, bounds, dropLast: false, seed: 1, epoch: 0));
        int mean = (int)Math.Round((double)rows / bySize.Batches);
        Func<long, long> Buckets(RemainingPositions positions, long globalBatch) => new LengthBuckets(
            positions, position => seconds[OrderOf(rows).RowAt(position)], globalBatch, windowBatches: 64, seed: 1, epoch: 0).IndexAt;
        return new PaddingTotals(
            Total(world, seconds, rank => new FixedBatchSizePlan(RowsOf(rows), [], new RankBatches(rank, mean), dropLast: false, bucket: null)),
            Total(world, seconds, rank => new FixedBatchSizePlan(RowsOf(rows), [], new RankBatches(rank, mean), dropLast: false, Buckets)),
            bySize);
    }

    // Log-normal with a median of 4 s, cut at 60 s, from the quantiles themselves, so that there is no chance in it.
    private static double[] Durations(int rows) =>
        [.. Enumerable.Range(0, rows).Select(row => Math.Round(Math.Clamp(4 * Math.Exp(0.9 * Normal((row + 0.5) / rows)), 0.3, 60), 2))];

    // The inverse of the normal distribution's integral, to within 0.00045 (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23).
    private static double Normal(double share)
    {
        double t = Math.Sqrt(-2 * Math.Log(Math.Min(share, 1 - share)));
        double upper = t - ((2.515517 + (0.802853 * t) + (0.010328 * t * t)) / (1 + (1.432788 * t) + (0.189269 * t * t) + (0.001308 * t * t * t)));
        return share < 0.5 ? -upper : upper;
    }

    private static RowOrder OrderOf(int rows) => new(rows, [], seed: 1, epoch: 0);

    private static IndexedEpochRows RowsOf(int rows) => new(new NumberedRows(rows), OrderOf(rows), "rows", TimeSpan.FromMinutes(1));

    private static PaddingTotal Total(int world, double[] seconds, Func<RankInfo, EpochPlan> planOf)
    {
        var total = default(PaddingTotal);
        for (int rank = 0; rank < world; rank++)
        {
            foreach (PlannedBatch batch in planOf(new RankInfo(rank, world)).ReadAsync(0, CancellationToken.None).ToBlockingEnumerable())
            {
                double[] of = [.. batch.Samples.OfType<PlannedSample>().Select(sample => seconds[sample.Rows.Read(sample.Row).Line - 1])];
                total = total.With(of);
            }
        }

        return total;
    }

    private sealed class NumberedRows(int count) : IndexedRows
    {
        public override long Count => count;

        public override string Fingerprint => string.Empty;

        public override ManifestRow Read(long row) =>
            new SampleRow(row + 1, default, new Sample { Fields = [new SampleField("row", System.Text.Encoding.UTF8.GetBytes($"{row}"))] });

        public override long FindLine(long line) => line - 1;
    }
}

/// <summary>The batches of a plan added up.</summary>
/// <param name="Batches">Batches of all ranks.</param>
/// <param name="Samples">Samples in them.</param>
/// <param name="Seconds">Seconds of the samples.</param>
/// <param name="PaddedSeconds">Seconds of the batches, each sample as long as its batch's longest.</param>
/// <param name="MostPaddedSeconds">Seconds of the largest batch.</param>
internal readonly record struct PaddingTotal(int Batches, int Samples, double Seconds, double PaddedSeconds, double MostPaddedSeconds)
{
    public double PaddingSeconds => PaddedSeconds - Seconds;

    public PaddingTotal With(double[] seconds)
    {
        double padded = seconds.Length == 0 ? 0 : seconds.Max() * seconds.Length;
        return new PaddingTotal(
            Batches + 1, Samples + seconds.Length, Seconds + seconds.Sum(), PaddedSeconds + padded, Math.Max(MostPaddedSeconds, padded));
    }
}
