using System.Diagnostics;
using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Benchmarks;

/// <summary>A run in which 5 % of the clips hang, beside the same run without them: it may be slower only by what the stall limit itself costs.</summary>
internal static class HangingClipsBenchmark
{
    private const int Clips = 2000;
    private const int HangingEvery = 20;
    private const int Workers = 2;
    private const int ManyWorkers = 8;
    private const int Attempts = 2;
    private static readonly TimeSpan StallLimit = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync()
    {
        var two = new SupervisorOptions { Workers = Workers };
        TimeSpan clean = await TimeAsync(two, hanging: false);
        TimeSpan faulty = await TimeAsync(two, hanging: true);
        TimeSpan beside = await TimeAsync(two with { MaxWorkers = ManyWorkers }, hanging: true);
        TimeSpan many = await TimeAsync(new SupervisorOptions { Workers = ManyWorkers }, hanging: true);
        double explained = Clips / HangingEvery * Attempts * StallLimit.TotalSeconds / Workers;
        double allowed = (clean.TotalSeconds + explained) * 1.05;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"5 % hanging clips: clean {clean.TotalSeconds:0.00} s, with hangs {faulty.TotalSeconds:0.00} s, the stall limit explains {explained:0.00} s, "
                + $"ratio to what is explained {faulty.TotalSeconds / (clean.TotalSeconds + explained):0.000} (allowed 1.05: {allowed:0.00} s)"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The same with up to {ManyWorkers} where they wait: {beside.TotalSeconds:0.00} s; with {ManyWorkers} workers: {many.TotalSeconds:0.00} s"));
    }

    private static async Task<TimeSpan> TimeAsync(SupervisorOptions options, bool hanging)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(options with
        {
            HelperPath = ClipGuardProgramPaths.Scripted,
            Spares = 2,
            StallLimit = StallLimit,
        });
        long began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, Clips, new ParallelOptions { MaxDegreeOfParallelism = options.Workers + options.MaxWorkers }, async (i, cancellation) =>
        {
            string script = hanging && i % HangingEvery == 0 ? "hang" : "sleep:5";
            using DecodeOutcome outcome = await supervisor.DecodeAsync(new DecodeRequest(new FileSource($"/scripts/{script}"), new AudioSpec()), cancellation);
            if (outcome.IsClip == (script == "hang"))
            {
                throw new InvalidOperationException($"{script} came out as {outcome.Fault?.Kind.ToString() ?? "a clip"}.");
            }
        });
        return Stopwatch.GetElapsedTime(began);
    }
}
