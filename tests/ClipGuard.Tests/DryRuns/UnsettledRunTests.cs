using System.Text.Json;

using ClipGuard.DryRuns;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;

namespace ClipGuard.Tests.DryRuns;

/// <summary>Clips that are nobody's fault: tried again after the others, held against nobody, and tried alone by the next run.</summary>
[CancelAfter(30_000)]
public sealed class UnsettledRunTests
{
    private static readonly string[] Rows =
        [Row("odd-good.png"), Row("a.png"), Row("bad.png"), Row("b.png", "odd-bad.png"), Row("odd-1.png", "bad2.png"), Row("c.png"), Row("odd-2.png")];

    [Test]
    public async Task They_are_tried_again_when_all_others_are_done_and_what_stays_so_is_neither_clean_nor_faulty()
    {
        using var bench = new DryRunBench(Rows);

        DryRunSummary summary = await bench.RunAsync();

        Assert.That(bench.Decoder.Settled, Is.EquivalentTo(new[] { "odd-good.png", "odd-bad.png", "odd-1.png", "odd-2.png" }));
        Assert.That(bench.Decoder.DecodesBesideSettling, Is.Zero);
        Assert.That(bench.Faults().Select(fault => (fault.Line, ((ClipFaultRecord)fault).Clip)),
            Is.EqualTo(new[] { (3L, "bad.png"), (4L, "odd-bad.png"), (5L, "bad2.png") }));
        Assert.That(await File.ReadAllTextAsync(bench.CleanPath), Is.EqualTo($"{Rows[0]}\n{Rows[1]}\n{Rows[5]}\n"));
        Assert.That(Unsettled(bench), Is.EqualTo(new[] { (5L, 0, "odd-1.png"), (7L, 0, "odd-2.png") }));
        Assert.That(
            (summary.UnsettledCount, summary.ClipCount, summary.OkCount, summary.CleanSampleCount, summary.Cancelled),
            Is.EqualTo((2L, 7L, 4L, 3L, false)));
    }

    [Test]
    public async Task The_next_run_tries_these_alone_and_ends_as_if_they_had_been_settled_at_once()
    {
        using var bench = new DryRunBench(Rows);
        await bench.RunAsync();

        // The same files, of which the odd ones are odd no longer.
        bench.Decoder = new ScriptedDecoder { IsOdd = false };
        DryRunSummary summary = await bench.RunAsync();

        using var whole = new DryRunBench(Rows) { Decoder = new ScriptedDecoder { IsOdd = false } };
        DryRunSummary expected = await whole.RunAsync();
        Assert.That(bench.Decoder.Asked, Is.EquivalentTo(new[] { "odd-1.png", "odd-2.png" }));
        Assert.That(await File.ReadAllTextAsync(bench.CleanPath), Is.EqualTo($"{Rows[0]}\n{Rows[1]}\n{Rows[5]}\n{Rows[6]}\n"));
        Assert.That(bench.Faults().Select(fault => (fault.Line, ((ClipFaultRecord)fault).Clip)),
            Is.EqualTo(new[] { (3L, "bad.png"), (4L, "odd-bad.png"), (5L, "bad2.png") }));
        Assert.That((summary.UnsettledCount, summary.ClipCount, summary.SampleCount), Is.EqualTo((0L, expected.ClipCount, expected.SampleCount)));
        Assert.That(new[] { bench.UnsettledPath, bench.UnfinishedPath, bench.PartialPath, bench.FaultsPath + ".before" }, Has.None.Exist);
    }

    [Test]
    public async Task Such_a_run_that_is_interrupted_loses_nothing()
    {
        using var bench = new DryRunBench(Rows);
        await bench.RunAsync();
        bench.Decoder = new ScriptedDecoder { IsOdd = false };
        bench.Decoder.Hold("odd-1.png");
        bool OtherIsDone() => File.Exists(bench.JournalPath) && File.ReadAllText(bench.JournalPath).Contains("odd-2.png", StringComparison.Ordinal);
        Assert.That((await bench.RunUntilAsync(OtherIsDone)).Cancelled, Is.True);

        bench.Decoder = new ScriptedDecoder { IsOdd = false };
        DryRunSummary summary = await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.EqualTo(new[] { "odd-1.png" }));
        Assert.That((summary.UnsettledCount, summary.ClipCount, summary.OkCount), Is.EqualTo((0L, 9L, 6L)));
        Assert.That(await File.ReadAllTextAsync(bench.CleanPath), Is.EqualTo($"{Rows[0]}\n{Rows[1]}\n{Rows[5]}\n{Rows[6]}\n"));
    }

    [Test]
    public async Task More_of_them_than_rows_may_be_held_hold_up_nothing()
    {
        string[] rows = [.. Enumerable.Range(0, 5000).Select(row => Row($"odd-good-{row}.png"))];
        using var bench = new DryRunBench(rows);
        bench.Options = bench.Options with { KeepGoing = true };

        DryRunSummary summary = await bench.RunAsync();

        Assert.That((summary.OkCount, summary.UnsettledCount, summary.CleanSampleCount), Is.EqualTo((5000L, 0L, 5000L)));
        Assert.That(await File.ReadAllLinesAsync(bench.CleanPath), Is.EqualTo(rows));
    }

    private static IEnumerable<(long, int, string)> Unsettled(DryRunBench bench) => File.ReadLines(bench.UnsettledPath)
        .Select(static line => JsonDocument.Parse(line).RootElement)
        .Select(static record => (record.GetProperty("line").GetInt64(), record.GetProperty("index").GetInt32(), record.GetProperty("clip").GetString()!));
}
