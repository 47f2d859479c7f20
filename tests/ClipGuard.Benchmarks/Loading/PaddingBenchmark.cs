using System.Globalization;

using ClipGuard.TestSupport;

namespace ClipGuard.Benchmarks.Loading;

/// <summary>
/// What is padded of batches by size, of buckets, and of batches of one number of samples. No time is measured: the figures are the same everywhere.
/// </summary>
internal static class PaddingBenchmark
{
    public static Task RunAsync()
    {
        foreach ((int world, double maxSeconds) in new[] { (1, 60), (1, 240), (8, 240), (8, 960) })
        {
            PaddingTotals totals = PaddingTotals.Of(rows: 100_000, world, maxSeconds);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"padding, {world} ranks, {maxSeconds} s a batch: {Say(totals.BySize)} by size, {Say(totals.Bucketed)} in buckets, "
                + $"{Say(totals.Fixed)} of one number; "
                + $"ratio {totals.BySize.PaddingSeconds / totals.Fixed.PaddingSeconds:0.000}; largest batch {totals.BySize.MostPaddedSeconds:0} s, "
                + $"{totals.Bucketed.MostPaddedSeconds:0} s, {totals.Fixed.MostPaddedSeconds:0} s"));
        }

        return Task.CompletedTask;
    }

    private static string Say(PaddingTotal total) => string.Create(
        CultureInfo.InvariantCulture, $"{total.PaddingSeconds / total.Seconds:0.000} s for each second ({total.Batches} batches)");
}
