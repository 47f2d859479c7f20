using System.Diagnostics;

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Loading;

/// <summary>The loader over real clips, good and bad, decoded by ClipGuard's own helper.</summary>
[CancelAfter(600_000)]
internal sealed class LoaderWithRealClipsTests
{
    private static readonly string[] Good = ["tone.wav", "tone.mp3", "tone.flac", "tone.m4a", "tone.opus"];
    private static readonly string[] Bad = ["empty.wav", "overwritten.mp3", "noise.mp4"];

    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-real-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Batches_of_real_clips_are_the_same_whatever_the_number_of_workers_twice_in_a_row([Values] bool hasFaults)
    {
        string manifest = WriteManifest(36, hasFaults);
        List<string[]> runs = [];
        foreach (int workers in new[] { 1, 2, 8, 8 })
        {
            var checksums = new List<string>();
            await using ClipLoader loader = await OpenAsync(manifest, workers);
            await foreach (Batch batch in loader)
            {
                using (batch)
                {
                    checksums.Add(BatchChecksum.Of(batch).Sha256);
                }
            }

            Assert.That(loader.LastEpoch!.Faults.Values.Sum() > 0, Is.EqualTo(hasFaults));
            runs.Add([.. checksums]);
        }

        Assert.That(runs[0], Has.Length.EqualTo(9).And.Unique);
        Assert.That(runs.Skip(1), Is.All.EqualTo(runs[0]));
    }

    [Test]
    public async Task A_run_killed_again_and_again_yields_what_an_uninterrupted_one_does()
    {
        string manifest = WriteManifest(30, hasFaults: true);
        string whole = Directory.CreateDirectory(Path.Combine(_folder, "whole")).FullName;
        string broken = Directory.CreateDirectory(Path.Combine(_folder, "broken")).FullName;
        Assert.That(await RunHostAsync(manifest, whole, workers: 2, killAfter: int.MaxValue), Is.True);

        var random = new Random(4);
        int kills = 0;
        while (!await RunHostAsync(manifest, broken, workers: 1 + random.Next(3), killAfter: random.Next(0, 5)))
        {
            Assert.That(++kills, Is.LessThan(100));
        }

        string[] expected = File.ReadAllLines(Path.Combine(whole, "batches.txt"));
        string[] seen = File.ReadAllLines(Path.Combine(broken, "batches.txt"));
        TestContext.Out.WriteLine($"{kills} kills, {expected.Length} batches, {seen.Length - expected.Length} of them made twice");

        // A batch that was written down and not yet saved comes once more, as it was, and nothing else does.
        Assert.That(kills, Is.GreaterThan(2));
        Assert.That(seen.Where((line, i) => i == 0 || line != seen[i - 1]), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_loop_cancelled_at_any_moment_leaves_no_process_and_nothing_open()
    {
        string manifest = WriteManifest(36, hasFaults: true);
        var random = new Random(9);
        await CancelAsync(manifest, 20);
        var leftovers = new Leftovers();
        for (int attempt = 0; attempt < 8; attempt++)
        {
            await CancelAsync(manifest, random.Next(0, 400));
        }

        Assert.That(leftovers.Find(), Is.Empty);
    }

    private static async Task CancelAsync(string manifest, int milliseconds)
    {
        await using ClipLoader loader = await OpenAsync(manifest, 2);
        using var cancellation = new CancellationTokenSource(milliseconds);
        try
        {
            while (true)
            {
                await foreach (Batch batch in loader.WithCancellation(cancellation.Token))
                {
                    batch.Dispose();
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static Task<ClipLoader> OpenAsync(string manifest, int workers) => ClipLoader.OpenAsync(
        new JsonLinesManifest(manifest, new ManifestOptions { RequireMessages = false }),
        new LoaderOptions
        {
            Audio = new AudioSpec(),
            BatchSize = 4,
            Seed = 5,
            Budget = FailureBudget.Unlimited,
            Supervision = new SupervisorOptions { Workers = workers },
        });

    // Starts the run and kills it after so many batches.
    private static async Task<bool> RunHostAsync(string manifest, string folder, int workers, int killAfter)
    {
        var start = new ProcessStartInfo(BuiltPrograms.TestHost) { RedirectStandardOutput = true };
        foreach (string argument in new[] { Path.Combine(AppContext.BaseDirectory, "ClipGuard.Helper"), "loads", manifest, folder, $"{workers}" })
        {
            start.ArgumentList.Add(argument);
        }

        using Process host = Process.Start(start)!;
        bool isDone = false;
        for (int batches = 0; await host.StandardOutput.ReadLineAsync() is { } line; batches++)
        {
            isDone |= line == "DONE";
            if (batches == killAfter)
            {
                host.Kill();
                break;
            }
        }

        await host.WaitForExitAsync();
        return isDone;
    }

    private string WriteManifest(int rows, bool hasFaults)
    {
        string clips = Repository.PathOf("datasets-sample");
        string manifest = Path.Combine(_folder, "manifest.jsonl");
        File.WriteAllLines(manifest, Enumerable.Range(0, rows).Select(i =>
            $$"""{"id":{{i}},"audio":"{{clips}}/{{(hasFaults && i % 5 == 3 ? $"bad/{Bad[i % Bad.Length]}" : $"good/{Good[i % Good.Length]}")}}"}"""));
        return manifest;
    }
}
