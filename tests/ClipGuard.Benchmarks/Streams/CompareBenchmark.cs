using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ClipGuard.Benchmarks.Streams;

/// <summary>
/// <c>clipguard compare --metric psnr</c> as it is published beside the ffmpeg program that decodes both files itself for the same filter, with one thread
/// for each decoder and filter. Both count from the start of the process to its end, and must come to the same figure.
/// </summary>
internal static partial class CompareBenchmark
{
    private const int Runs = 9;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static async Task RunAsync()
    {
        string[] clips = await GeneratedBenchmarkClips.PairAsync();
        (string reference, string distorted) = (clips[0], clips[1]);
        int frames = 0;

        async Task<(double Rate, double Psnr)> OursAsync()
        {
            ProgramRun run = await ChildProgram.MustRunAsync(
                ClipGuardProgramPaths.PublishedCommand, ["compare", reference, distorted, "--metric", "psnr", "--json"], Limit);
            using var line = JsonDocument.Parse(run.Output);
            frames = line.RootElement.GetProperty("frames").GetInt32();
            return (frames / run.Elapsed.TotalSeconds, line.RootElement.GetProperty("scores").GetProperty("psnr").GetDouble());
        }

        async Task<(double Rate, double Psnr)> TheirsAsync()
        {
            ProgramRun run = await ChildProgram.MustRunAsync(
                "ffmpeg",
                [
                    "-nostdin", "-hide_banner", "-nostats", "-v", "info", "-filter_complex_threads", "1", "-threads", "1", "-i", distorted,
                    "-threads", "1", "-i", reference, "-lavfi", "[0:v][1:v]psnr", "-f", "null", "-",
                ],
                Limit);
            return (frames / run.Elapsed.TotalSeconds, double.Parse(Average().Match(run.Error).Groups[1].Value, CultureInfo.InvariantCulture));
        }

        // Not counted: both read what the other finds in the page cache.
        double ours = (await OursAsync()).Psnr;
        double theirs = (await TheirsAsync()).Psnr;
        if (Math.Abs(ours - theirs) > 1e-6)
        {
            throw new InvalidOperationException($"clipguard compare says {ours}, and ffmpeg {theirs}.");
        }

        await ComparisonRounds.RunAsync(
            "compare",
            "frames/s",
            Runs,
            async () => (await OursAsync()).Rate,
            [new Rival("ffmpeg that reads both files", 0.9, async () => (await TheirsAsync()).Rate)]);
    }

    [GeneratedRegex(@"PSNR .*average:([0-9.]+)")]
    private static partial Regex Average();
}
