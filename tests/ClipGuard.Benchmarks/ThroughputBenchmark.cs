using System.Diagnostics;
using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Benchmarks;

/// <summary>
/// Guarded decoding of ten-second mp3 clips beside unguarded decoding of the same clips in the same run, with one worker and with two. Both sides are kept for
/// the whole run and take turns, with twice as many callers as workers, so that no worker waits for one, so that what else the machine does meets both; helpers
/// are recycled meanwhile as they are by default.
/// </summary>
internal static class ThroughputBenchmark
{
    private const int ComparisonRounds = 20;
    private const int Clips = 200;

    public static async Task RunAsync()
    {
        string[] clips = await GeneratedBenchmarkClips.Mp3Async(Clips);
        foreach (int workers in (int[])[1, 2])
        {
            await CompareAsync(clips, workers);
        }
    }

    private static async Task CompareAsync(string[] clips, int workers)
    {
        await using Supervisor pool = await StartAsync(IsolationMode.Pooled, workers);
        await using Supervisor bare = await StartAsync(IsolationMode.InProcess, workers);

        // Not counted: helpers start, and both sides compile what they run often.
        for (int round = 0; round < 2; round++)
        {
            await DecodeAllAsync(pool, clips, workers);
            await DecodeAllAsync(bare, clips, workers);
        }

        var guarded = new TimeStatistics($"{Clips} clips guarded, workers {workers}");
        var unguarded = new TimeStatistics($"{Clips} clips unguarded, workers {workers}");
        var ratios = new List<double>();
        for (int round = 0; round < ComparisonRounds; round++)
        {
            TimeSpan with = await DecodeAllAsync(pool, clips, workers);
            TimeSpan without = await DecodeAllAsync(bare, clips, workers);
            guarded.Add(with);
            unguarded.Add(without);
            ratios.Add(without / with);
        }

        guarded.Print();
        unguarded.Print();
        double[] sorted = [.. ratios.Order()];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"guarded to unguarded throughput, workers {workers}: {unguarded.Sum / guarded.Sum:0.000} over all, median of {ComparisonRounds} rounds "
                + $"{(sorted[(ComparisonRounds / 2) - 1] + sorted[ComparisonRounds / 2]) / 2:0.000}"));
    }

    private static Task<Supervisor> StartAsync(IsolationMode isolation, int workers) =>
        Supervisor.StartAsync(new SupervisorOptions { HelperPath = ClipGuardProgramPaths.Published, Isolation = isolation, Workers = workers });

    private static async Task<TimeSpan> DecodeAllAsync(Supervisor supervisor, string[] clips, int workers)
    {
        long began = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(clips, new ParallelOptions { MaxDegreeOfParallelism = 2 * workers }, async (path, cancellation) =>
        {
            using DecodeOutcome outcome = await supervisor.DecodeAsync(new DecodeRequest(new FileSource(path), new AudioSpec()), cancellation);
            if (!outcome.IsClip)
            {
                throw new InvalidOperationException($"{path}: {outcome.Fault?.Message}");
            }
        });
        return Stopwatch.GetElapsedTime(began);
    }
}
