using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Benchmarks;

/// <summary>Guarded decoding of ten-second mp3 clips beside unguarded decoding of the same clips in the same run, two workers each.</summary>
internal static class ThroughputBenchmark
{
    private const int Workers = 2;
    private const int Rounds = 5;
    private const int Passes = 4;

    private const int Clips = 200;

    public static async Task RunAsync()
    {
        string[] clips = await BenchClips.Mp3Async(Clips);
        var ratios = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            double guarded = await ClipsPerSecondAsync(clips, Isolation.Pooled);
            double bare = await ClipsPerSecondAsync(clips, Isolation.InProcess);
            ratios.Add(guarded / bare);
            Console.WriteLine(FormattableString.Invariant($"round {round + 1}: pooled {guarded:0.0} clips/s, in process {bare:0.0} clips/s, ratio {guarded / bare:0.000}"));
        }

        Console.WriteLine(FormattableString.Invariant($"guarded to unguarded throughput: median ratio {ratios.Order().ElementAt(Rounds / 2):0.000}"));
    }

    private static async Task<double> ClipsPerSecondAsync(string[] clips, Isolation isolation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(
            new SupervisorOptions { HelperPath = Programs.Published, Isolation = isolation, Workers = Workers });
        var options = new ParallelOptions { MaxDegreeOfParallelism = Workers };

        // A pass that is not counted: every helper has started, and both sides have compiled what they run often.
        await Parallel.ForEachAsync(clips, options, DecodeAsync);
        string[] counted = [.. Enumerable.Repeat(clips, Passes).SelectMany(clip => clip)];
        long began = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(counted, options, DecodeAsync);
        return counted.Length / Stopwatch.GetElapsedTime(began).TotalSeconds;

        async ValueTask DecodeAsync(string path, CancellationToken cancellation)
        {
            using DecodeOutcome outcome = await supervisor.DecodeAsync(new DecodeRequest(new FileSource(path), new AudioSpec()), cancellation);
            if (!outcome.IsClip)
            {
                throw new InvalidOperationException($"{path}: {outcome.Fault.Message}");
            }
        }
    }
}
