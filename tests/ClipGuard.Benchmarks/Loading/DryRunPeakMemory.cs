using System.Globalization;

using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Benchmarks.Loading;

/// <summary>
/// A dry run over rows that each name a clip of their own, in a process that does nothing else: the most memory that it had, in megabytes. Clips are not
/// decoded, each is found to be good, so that ten million rows take minutes; what a supervisor and the command around it have is no question of rows.
/// </summary>
internal static class DryRunPeakMemory
{
    public static async Task RunAsync(string manifest)
    {
        DirectoryInfo output = Directory.CreateTempSubdirectory("clipguard-growth-out-");
        try
        {
            var options = new DryRunOptions { OutputFolder = output.FullName, Guard = new() { Workers = 2 } };
            await new DryRun(Manifest.Open(manifest), new AllGood(), options).RunAsync();
            string peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            long kilobytes = long.Parse(peak.AsSpan(6).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture);
            Console.WriteLine((kilobytes * 1024 / 1e6).ToString("R", CultureInfo.InvariantCulture));
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }

    private sealed class AllGood : IGuardedDecoder
    {
        public string DecoderVersion => "none";

        public SandboxLevel Sandbox => SandboxLevel.Off;

        public async ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, Action<ClipFault>? onFirstFailure, CancellationToken cancellation)
        {
            await Task.Yield();
            return new Good();
        }

        public ValueTask<DecodeOutcome> ContinueAsync(DecodeRequest request, ClipFault firstFailure, CancellationToken cancellation) =>
            throw new InvalidOperationException("No clip has failed.");

        public ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation) =>
            throw new InvalidOperationException("No clip is unsettled.");
    }

    private sealed class Good() : DecodeOutcome(
        new DecodedClip(ElementType.Float32, [1, 16_000])
        {
            Track = new TrackFacts("pcm_s16le") { SampleRateHz = 16_000, Channels = 1, Container = "wav", Bytes = 32_044, Seconds = 1 },
        },
        null,
        TimeSpan.FromMilliseconds(5))
    {
        public override ReadOnlySpan<byte> Payload => [];

        public override void Dispose()
        {
        }
    }
}
