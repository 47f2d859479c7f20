using System.Diagnostics;
using System.Globalization;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Cli;

/// <summary>The short form of what was measured with 200,000 rows: the command's own memory does not grow with the manifest.</summary>
[Parallelizable]
[CancelAfter(180_000)]
public sealed class FlatMemoryTests
{
    private const int Rows = 2000;

    // A command that kept every row would hold 120 MB of them, on top of the 90 MB that it takes as it is.
    private const int RowLetters = 60_000;
    private const int MostKilobytes = 200_000;

    // How much the runtime allocates before it first collects is a matter of the processor's cache, and may be 200 MB by itself.
    private static readonly Dictionary<string, string?> SmallNursery = new() { ["DOTNET_GCgen0size"] = "0x2000000" };

    [Test]
    public void Thousands_of_rows_stay_under_200_MB_each_clip_decoded_again()
    {
        string folder = Directory.CreateTempSubdirectory("clipguard-memory-").FullName;
        try
        {
            string manifest = Path.Combine(folder, "manifest.jsonl");
            string[] clips = ["good/tone.wav", "good/tone.flac"];
            File.WriteAllLines(manifest, Enumerable.Range(0, Rows).Select(row =>
                $$"""{"messages":[{"role":"user","content":"<audio>{{new string('x', RowLetters)}}"}],"audios":["{{clips[row % clips.Length]}}"]}"""));

            using Process process = PublishedCommand.Start(
                SmallNursery,
                "dry-run", manifest, "--root", Repository.PathOf("datasets-sample"), "--out", Path.Combine(folder, "out"));
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            int peak = 0;
            while (!process.WaitForExit(20))
            {
                peak = Math.Max(peak, PeakKilobytes(process.Id));
            }

            Assert.That(process.ExitCode, Is.Zero, error.Result);
            Assert.That(output.Result, Does.Contain("2,000 clips"));
            Assert.That(peak, Is.InRange(10_000, MostKilobytes));
            Assert.That(
                File.ReadAllBytes(Path.Combine(folder, "out", "clean.jsonl")).AsSpan().SequenceEqual(File.ReadAllBytes(manifest)), "the clean manifest");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int PeakKilobytes(int process)
    {
        try
        {
            string? peak = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return peak is null ? 0 : int.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
