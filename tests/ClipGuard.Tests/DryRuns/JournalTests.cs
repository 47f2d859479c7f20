using System.Text.Json;

using ClipGuard.DryRuns;
using ClipGuard.Media;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;

namespace ClipGuard.Tests.DryRuns;

/// <summary>What a run has found out of turn is kept however it ends, and the next one neither decodes it again nor tells it twice.</summary>
[CancelAfter(30_000)]
public sealed class JournalTests
{
    private static readonly string[] Rows =
        [Row("stuck.png", "a.png"), Row("bad1.png"), "no sample", Row("b.png", "bad2.png"), Row("c.png"), Row("http://nowhere/d.png")];

    [Test]
    public async Task A_first_row_that_hangs_holds_up_nobodys_verdict_and_a_killed_run_goes_on_behind_it()
    {
        using DryRunBench bench = await KilledAtAsync("stuck.png", verdicts: 5);

        bench.Decoder = new ScriptedDecoder();
        DryRun run = bench.Start();
        DryRunSummary summary = await run.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.EqualTo(new[] { "stuck.png" }));
        Assert.That(run.Progress.ClipCountThisRun, Is.EqualTo(2), "the one that was stuck, and the one that its reference rules out");
        await AssertIsAsIfNeverKilledAsync(bench, summary);
    }

    [Test]
    public async Task A_clip_that_has_failed_once_needs_only_its_second_attempt_in_the_next_life()
    {
        using var bench = new DryRunBench(Row("twice.png"), Row("a.png"));
        bench.Decoder.Hold("twice.png");
        await bench.RunUntilKilledAsync(() => Lines(bench).Count == 3);
        Assert.That(Lines(bench).Skip(1).Select(entry => entry.GetProperty("verdict").GetString()), Is.EquivalentTo(new[] { "failedOnce", "ok" }));

        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.Empty);
        Assert.That(bench.Decoder.Continued.Select(clip => (clip.Name, clip.FirstFailure.Kind, clip.FirstFailure.Stage)),
            Is.EqualTo(new[] { ("twice.png", FaultKind.Stalled, DecodeStage.Read) }));
        Assert.That(bench.Faults().Select(fault => (fault.Line, fault.Fault)), Is.EqualTo(new[] { (1L, "Stalled") }));
    }

    [TestCase("{\"line\":4,\"index\":0,\"cl")]
    [TestCase("\0\0\0\0\n\0\0\n")]
    [TestCase("null\n{}\n")]
    public async Task What_is_torn_is_decoded_again_and_what_stands_before_it_is_not(string tail)
    {
        using DryRunBench bench = await KilledAtAsync("stuck.png", verdicts: 5);
        string[] lines = await File.ReadAllLinesAsync(bench.JournalPath);
        await File.WriteAllTextAsync(bench.JournalPath, string.Concat(lines.Take(5).Select(line => line + "\n")) + tail);

        bench.Decoder = new ScriptedDecoder();
        DryRunSummary summary = await bench.RunAsync();

        string lost = JsonDocument.Parse(lines[5]).RootElement.GetProperty("clip").GetString()!;
        Assert.That(bench.Decoder.Asked, Is.EquivalentTo(new[] { "stuck.png", lost }));
        await AssertIsAsIfNeverKilledAsync(bench, summary);
    }

    [Test]
    public async Task Runs_that_are_killed_again_and_again_come_to_an_end()
    {
        string[] rows = [.. Enumerable.Range(0, 60).Select(row => Row(Name(row)))];
        using var bench = new DryRunBench(rows);
        var asked = new List<string>();

        // A run is killed while both of its workers hang, so that no other clip is being decoded. That 50.png was asked for is not known afterwards.
        foreach (string[] hanging in new string[][] { ["twice-0.png", "twice-20.png"], ["twice-40.png", "50.png"] })
        {
            bench.Decoder = new ScriptedDecoder();
            foreach (string clip in hanging)
            {
                bench.Decoder.Hold(clip);
            }

            await bench.RunUntilKilledAsync(() => hanging.All(bench.Decoder.Asked.Contains)
                && bench.Decoder.Asked.Except(["50.png"]).All(name => Lines(bench).Any(line => IsOf(line, name))));
            asked.AddRange(bench.Decoder.Asked);
        }

        bench.Decoder = new ScriptedDecoder();
        DryRunSummary summary = await bench.RunAsync();
        asked.AddRange(bench.Decoder.Asked);

        Assert.That(asked, Is.EquivalentTo(Enumerable.Range(0, 60).Select(Name).Append("50.png")), "each once, and those with a first failure once more");
        using var whole = new DryRunBench(rows);
        DryRunSummary expected = await whole.RunAsync();
        Assert.That(await File.ReadAllTextAsync(bench.CleanPath), Is.EqualTo(await File.ReadAllTextAsync(whole.CleanPath)));
        Assert.That(summary.Faults, Is.EqualTo(expected.Faults));
        Assert.That(bench.Faults().Select(fault => fault.Line), Is.EqualTo(whole.Faults().Select(fault => fault.Line)));
    }

    [Test]
    public async Task Its_lines_say_with_what_settings_which_clip_had_which_verdict()
    {
        using DryRunBench bench = await KilledAtAsync("stuck.png", verdicts: 5);

        IReadOnlyList<JsonElement> lines = Lines(bench);
        Assert.That(lines[0].GetProperty("clipguardJournal").GetInt32(), Is.EqualTo(1));
        Assert.That(lines[0].GetProperty("settings").GetProperty("decoder").GetString(), Is.EqualTo("Scripted 1"));
        JsonElement ok = lines.Single(line => IsOf(line, "b.png"));
        Assert.That(ok.EnumerateObject().Select(member => member.Name),
            Is.EqualTo(new[] { "line", "index", "clip", "path", "kind", "verdict", "elapsedSeconds", "facts" }));
        JsonElement bad = lines.Single(line => IsOf(line, "bad2.png"));
        Assert.That((bad.GetProperty("line").GetInt64(), bad.GetProperty("index").GetInt32(), bad.GetProperty("verdict").GetString()),
            Is.EqualTo((4L, 1, "fault")));
        Assert.That(bad.GetProperty("fault").GetProperty("fault").GetString(), Is.EqualTo("Corrupt"));
    }

    [Test]
    public async Task A_run_that_found_nothing_is_no_loss_and_other_settings_start_over()
    {
        using var bench = new DryRunBench(Row("stuck.png"), Row("b.png"));
        bench.Decoder.Hold("stuck.png");
        bench.Options = bench.Options with { Guard = bench.Options.Guard with { Workers = 1 } };
        await bench.RunUntilKilledAsync(() => bench.Decoder.Asked.Contains("stuck.png"));
        Assert.That(bench.UnfinishedPath, Does.Exist);

        bench.Decoder = new ScriptedDecoder();
        bench.Options = bench.Options with { Guard = bench.Options.Guard with { Deadline = TimeSpan.FromSeconds(5) } };
        Assert.That((await bench.RunAsync()).OkCount, Is.EqualTo(2));
    }

    private static string Name(int row) => row % 20 == 0 ? $"twice-{row}.png" : row % 7 == 0 ? $"bad{row}.png" : $"{row}.png";

    private static bool IsOf(JsonElement line, string clip) => line.TryGetProperty("clip", out JsonElement name) && name.GetString() == clip;

    private static async Task<DryRunBench> KilledAtAsync(string clip, int verdicts)
    {
        var bench = new DryRunBench(Rows);
        bench.Decoder.Hold(clip);
        await bench.RunUntilKilledAsync(() => Lines(bench).Count == 1 + verdicts);
        Assert.That(bench.Faults(), Is.Empty, "The first row has no verdict, and the files have the manifest's order.");
        return bench;
    }

    private static async Task AssertIsAsIfNeverKilledAsync(DryRunBench bench, DryRunSummary summary)
    {
        using var whole = new DryRunBench(Rows);
        DryRunSummary expected = await whole.RunAsync();
        Assert.That(await File.ReadAllTextAsync(bench.CleanPath), Is.EqualTo(await File.ReadAllTextAsync(whole.CleanPath)));
        string faults = (await File.ReadAllTextAsync(whole.FaultsPath)).Replace(whole.Folder, bench.Folder, StringComparison.Ordinal);
        Assert.That(await File.ReadAllTextAsync(bench.FaultsPath), Is.EqualTo(faults));
        Assert.That(summary.Faults, Is.EqualTo(expected.Faults));
        Assert.That((summary.SampleCount, summary.ClipCount, summary.OkCount, summary.Slowest.Count), Is.EqualTo((5L, 7L, 4L, 7)));
        Assert.That(new[] { bench.JournalPath, bench.UnfinishedPath }, Has.None.Exist);
    }

    private static IReadOnlyList<JsonElement> Lines(DryRunBench bench) => File.Exists(bench.JournalPath)
        ? [.. File.ReadAllLines(bench.JournalPath).Select(static line => JsonDocument.Parse(line).RootElement)]
        : [];
}
