using System.Diagnostics;
using System.Globalization;

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Supervision;

namespace ClipGuard.Benchmarks.Loading;

/// <summary>
/// What rows cost that a rank passes over, in a process that has done nothing else: CPU time of this process, for a sample in milliseconds, until the first
/// batch or until the loader is open in seconds. Clips are not decoded.
/// </summary>
internal static class ManifestScalingRun
{
    /// <summary>
    /// What this program is called with; then one of <c>windowed</c>, <c>windowed-first</c>, <c>resume</c>, <c>open</c> and <c>dry-run</c>, and the manifest.
    /// </summary>
    public const string Name = "growth-run";

    private const int World = 1024;
    private const int BatchSize = 8;

    public static Task RunAsync(string kind, string path) => kind switch
    {
        "windowed" => ReadAsRankAsync(path, epoch: 1),
        "windowed-first" => ReadAsRankAsync(path, epoch: 0),
        "resume" => ResumeNearEndAsync(path),
        "open" => OpenAsync(path),
        "dry-run" => DryRunPeakMemory.RunAsync(path),
        _ => throw new ArgumentException($"There is no run '{kind}'."),
    };

    // One of many ranks reads its share of windowed epochs. The first goes through the file, and the runtime compiles in it what runs often; later ones have
    // the places of the rows.
    private static async Task ReadAsRankAsync(string path, int epoch)
    {
        await using ClipLoader loader = await OpenAsync(path, ShuffleMode.Windowed, new RankInfo(5, World));
        for (int current = 0; current <= epoch; current++)
        {
            TimeSpan began = Cpu();
            int samples = 0;
            await foreach (Batch batch in loader)
            {
                using (batch)
                {
                    samples += batch.Samples.Count;
                }
            }

            if (current == epoch)
            {
                Report((Cpu() - began).TotalMilliseconds / samples);
            }
        }
    }

    // A windowed epoch goes on behind nine tenths of its rows.
    private static async Task ResumeNearEndAsync(string path)
    {
        long rows = File.ReadLines(path).LongCount();
        await using ClipLoader loader = await OpenAsync(path, ShuffleMode.Windowed, RankInfo.Single);
        loader.Resume(loader.State with { ConsumedCount = rows * 9 / 10 / BatchSize });
        TimeSpan began = Cpu();
        await foreach (Batch batch in loader)
        {
            batch.Dispose();
            break;
        }

        Report((Cpu() - began).TotalSeconds);
    }

    private static async Task OpenAsync(string path)
    {
        TimeSpan began = Cpu();
        await using ClipLoader loader = await OpenAsync(path, ShuffleMode.Full, RankInfo.Single);
        Report((Cpu() - began).TotalSeconds);
    }

    private static Task<ClipLoader> OpenAsync(string path, ShuffleMode shuffle, RankInfo rank) => ClipLoader.OpenAsync(Manifest.Open(path), new LoaderOptions
    {
        BatchSize = BatchSize,
        Shuffle = shuffle,
        RankInfo = rank,
        Supervision = new SupervisorOptions { Isolation = IsolationMode.InProcess, Workers = 2 },
    });

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static void Report(double value) => Console.WriteLine(value.ToString("R", CultureInfo.InvariantCulture));
}
