using System.Text.RegularExpressions;

using ClipGuard.DryRuns;
using ClipGuard.Media;
using ClipGuard.Verdicts;

using NUnit.Framework;

using static ClipGuard.Tests.Support.VerdictStoreRuns;

namespace ClipGuard.Tests.Verdicts;

/// <summary>The files of a verdict store: who writes them, and what is read of those that are not as they should be.</summary>
[CancelAfter(60_000)]
internal sealed class VerdictStoreFileTests
{
    [Test]
    public async Task A_store_that_cannot_be_written_to_stops_no_run()
    {
        using var bench = NewBench("ok-1.png", "bad-2.png");
        bench.Options = bench.Options with { Verdicts = new VerdictStoreOptions { Folder = "/proc/self" } };

        DryRunSummary summary = await bench.RunAsync();

        Assert.That((summary.OkCount, summary.Faults[nameof(FaultKind.Corrupt)]), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public void A_store_that_cannot_be_made_is_an_error()
    {
        using var bench = NewBench("ok-1.png");
        bench.Options = bench.Options with { Verdicts = new VerdictStoreOptions { Folder = Path.Combine(bench.ManifestPath, "store") } };

        Assert.That(() => bench.RunAsync(), Throws.TypeOf<ClipGuard.Runs.OutputException>().With.Message.Contains("verdict store"));
    }

    [Test]
    public async Task A_torn_last_line_and_lines_of_zeros_cost_only_their_clips()
    {
        using var bench = NewBench("bad-1.png", "bad-2.png", "bad-3.png");
        await bench.RunAsync();
        string file = Directory.GetFiles(bench.Options.Verdicts!.Folder, "faults-*").Single();
        string[] lines = File.ReadAllLines(file);
        Assume.That(lines, Has.Length.EqualTo(5), "a header, the settings, three faults");
        string torn = NameIn(lines[4]);
        string zeros = NameIn(lines[3]);
        File.WriteAllText(file, $"{lines[0]}\n{lines[1]}\n{new string('\0', 50)}\n{lines[2]}\n{lines[4][..^10]}");

        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.EquivalentTo([torn, zeros]));
    }

    [Test]
    public async Task A_file_of_another_version_is_passed_over()
    {
        using var bench = NewBench("bad-1.png", "ok-2.png");
        await bench.RunAsync();
        string file = Directory.GetFiles(bench.Options.Verdicts!.Folder, "faults-*").Single();
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"clipguardVerdicts\":1", "\"clipguardVerdicts\":2", StringComparison.Ordinal));

        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.EqualTo(["bad-1.png"]));
    }

    [Test]
    public async Task Each_run_writes_files_of_its_own_and_a_later_one_reads_all()
    {
        using var bench = NewBench("bad-1.png", "bad-2.png", "bad-3.png");
        using var other = NewBench("bad-4.png", "bad-5.png");
        foreach (string name in new[] { "bad-1.png", "bad-2.png" })
        {
            Make(other.Folder, name);
            File.AppendAllText(other.ManifestPath, DryRunBench.Row(name) + "\n");
        }

        other.Options = other.Options with { Verdicts = bench.Options.Verdicts };
        await Task.WhenAll(bench.RunAsync(), other.RunAsync());
        Assert.That(Directory.GetFiles(bench.Options.Verdicts!.Folder, "faults-*"), Has.Length.EqualTo(2));

        bench.Decoder = new ScriptedDecoder();
        DryRunSummary summary = await bench.RunAsync();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Decoder.Asked, Is.Empty);
            Assert.That(summary.FromStoreCount, Is.EqualTo(3));
        });
    }

    private static string NameIn(string line) => Regex.Match(line, "\"clip\":\"([^\"]+)\"").Groups[1].Value;
}
