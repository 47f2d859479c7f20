using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Benchmarks.Loading;

/// <summary>What one process saw of one manifest. Memory is the most that this process had resident, in 10^6 bytes, its batches included.</summary>
/// <param name="OpenSeconds">From opening the manifest to an open loader, helpers started.</param>
/// <param name="FirstBatchSeconds">From opening the manifest to the first batch.</param>
/// <param name="DecodingMegabytes">Memory over the first batches.</param>
/// <param name="PeakMegabytes">Memory over those and a whole epoch without decoding.</param>
/// <param name="BatchMegabytes">The largest batch.</param>
/// <param name="RowsPerSecond">Rows of an epoch that decodes nothing: planned, read, and put into batches.</param>
internal sealed record RowsReport(
    double OpenSeconds, double FirstBatchSeconds, double DecodingMegabytes, double PeakMegabytes, double BatchMegabytes, double RowsPerSecond);

/// <summary>A loader over a manifest in a process that has done nothing else.</summary>
internal static class ManyRowsRun
{
    /// <summary>What this program is called with.</summary>
    public const string Name = "rows-run";

    private const int DecodedBatches = 100;

    public static async Task RunAsync(string path)
    {
        (TimeSpan opened, TimeSpan first, double megabytes) = await DecodeAsync(path);
        double decodingPeak = PeakMegabytes();
        double rate = await ReadUndecodedAsync(path);
        Console.WriteLine(JsonSerializer.Serialize(
            new RowsReport(opened.TotalSeconds, first.TotalSeconds, decodingPeak, PeakMegabytes(), megabytes, rate)));
    }

    private static async Task<(TimeSpan Opened, TimeSpan First, double BatchMegabytes)> DecodeAsync(string path)
    {
        long began = Stopwatch.GetTimestamp();
        await using ClipLoader loader = await ClipLoader.OpenAsync(Manifest.Open(path), new LoaderOptions
        {
            Audio = new AudioSpec { SampleRateHz = 16_000 },
            Supervision = new SupervisorOptions { HelperPath = ClipGuardProgramPaths.Published, Workers = 2 },
        });
        TimeSpan opened = Stopwatch.GetElapsedTime(began);
        TimeSpan? first = null;
        int batches = 0;
        long largest = 0;
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                first ??= Stopwatch.GetElapsedTime(began);
                largest = Math.Max(largest, batch.Tensors.Values.Sum(tensor => tensor.SpanBytes));
                if (++batches == DecodedBatches)
                {
                    break;
                }
            }
        }

        return loader.LastEpoch!.Faults.Count == 0 ? (opened, first!.Value, largest / 1e6) : throw new InvalidOperationException("The clip did not decode.");
    }

    private static async Task<double> ReadUndecodedAsync(string path)
    {
        await using ClipLoader loader = await ClipLoader.OpenAsync(
            Manifest.Open(path), new LoaderOptions { Supervision = new SupervisorOptions { Isolation = IsolationMode.InProcess, Workers = 2 } });
        BenchReport report = (await LoaderBench.RunAsync(loader, epochs: 1))[0];
        return report.Epoch.BadRowCount == 0 ? report.SamplesPerSecond : throw new InvalidOperationException($"{report.Epoch.BadRowCount} rows were bad.");
    }

    private static double PeakMegabytes()
    {
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
