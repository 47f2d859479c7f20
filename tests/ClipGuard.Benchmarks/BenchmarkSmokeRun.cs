namespace ClipGuard.Benchmarks;

/// <summary>
/// A benchmark run that shows whether it runs at all, in one round over few clips: where <c>CLIPGUARD_BENCH_SHORT</c> is set. Its figures mean nothing.
/// </summary>
internal static class BenchmarkSmokeRun
{
    private static readonly bool IsOn = Environment.GetEnvironmentVariable("CLIPGUARD_BENCH_SHORT") is { Length: > 0 };

    /// <summary>The whole number of something, or in the short form a smaller one.</summary>
    public static int Of(int whole, int few) => IsOn ? few : whole;
}
