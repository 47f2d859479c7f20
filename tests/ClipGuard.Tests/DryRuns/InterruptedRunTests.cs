using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Runs;
using ClipGuard.Supervision;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;

namespace ClipGuard.Tests.DryRuns;

[CancelAfter(30_000)]
public sealed class InterruptedRunTests
{
    private static readonly string[] Rows =
        [Row("a.png"), Row("bad1.png"), "no sample", Row("b.png", "stuck.png"), Row("bad2.png"), Row("c.png")];

    [Test]
    public async Task A_cancelled_run_leaves_what_it_found_and_says_so()
    {
        using DryRunBench bench = Stuck();

        DryRunSummary summary = await bench.RunUntilAsync(() => bench.Decoder.Asked.Contains("c.png"));

        Assert.That(summary.Cancelled, Is.True);
        Assert.That(bench.Faults().Select(fault => fault.Line), Is.SubsetOf(new[] { 2L, 3L, 5L }).And.SupersetOf(new[] { 2L, 3L }));
        Assert.That(await File.ReadAllTextAsync(bench.PartialPath), Does.StartWith(Rows[0] + "\n").And.EndsWith("\n"));
        Assert.That(bench.CleanPath, Does.Not.Exist, "not whole");
        Assert.That(await File.ReadAllTextAsync(bench.SummaryPath), Does.Contain("\"cancelled\": true"));
    }

    [Test]
    public async Task A_second_run_goes_on_from_there_and_ends_as_if_there_had_been_no_first()
    {
        using DryRunBench bench = Stuck();
        await bench.RunUntilAsync(() => bench.Decoder.Asked.Contains("c.png"));

        bench.Decoder = new ScriptedDecoder();
        DryRunSummary summary = await bench.RunAsync();

        using var whole = new DryRunBench(Rows);
        DryRunSummary expected = await whole.RunAsync();
        Assert.That(bench.Decoder.Asked, Does.Not.Contain("a.png").And.Not.Contain("bad1.png"));
        Assert.That(await File.ReadAllTextAsync(bench.CleanPath), Is.EqualTo(await File.ReadAllTextAsync(whole.CleanPath)));
        Assert.That(bench.Faults().Select(fault => (fault.Line, fault.Fault)), Is.EqualTo(whole.Faults().Select(fault => (fault.Line, fault.Fault))));
        Assert.That(summary.Faults, Is.EqualTo(expected.Faults));
        Assert.That(
            (summary.SampleCount, summary.CleanSampleCount, summary.ClipCount, summary.OkCount, summary.Cancelled),
            Is.EqualTo((expected.SampleCount, expected.CleanSampleCount, expected.ClipCount, expected.OkCount, false)));
        Assert.That(summary.ResumedRowCount, Is.EqualTo(3));
        Assert.That(bench.UnfinishedPath, Does.Not.Exist);
    }

    [Test]
    public async Task A_run_that_failed_goes_on_too()
    {
        using DryRunBench bench = Stuck();
        bench.Decoder = new ScriptedDecoder();
        bench.Decoder.Fail("stuck.png", new HelperUnavailableException("No helper starts."));
        bench.Decoder.Hold("stuck.png");
        Task running = bench.RunAsync();
        await Until(() => bench.Faults().Count == 2);
        bench.Decoder.Release("stuck.png");
        Assert.That(async () => await running, Throws.TypeOf<HelperUnavailableException>());
        Assert.That(bench.Faults().Select(fault => fault.Line), Is.SupersetOf(new[] { 2L, 3L }));

        bench.Decoder = new ScriptedDecoder();
        DryRunSummary summary = await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Does.Not.Contain("bad1.png"));
        Assert.That((summary.ClipCount, summary.OkCount), Is.EqualTo((6L, 4L)));
    }

    [Test]
    public async Task Lines_after_the_place_where_a_run_goes_on_are_cut_off_first()
    {
        using DryRunBench bench = Stuck();
        await bench.RunUntilAsync(() => bench.Decoder.Asked.Contains("c.png"));
        await File.AppendAllTextAsync(bench.FaultsPath, "{\"half\":");
        await File.AppendAllTextAsync(bench.PartialPath, "{\"half\":");

        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Faults().Select(fault => fault.Line), Is.EqualTo(new[] { 2L, 3L, 5L }));
        Assert.That(await File.ReadAllTextAsync(bench.CleanPath), Is.EqualTo($"{Rows[0]}\n{Rows[3]}\n{Rows[5]}\n"));
    }

    [Test]
    public async Task A_changed_setting_is_refused_by_name_and_a_fresh_run_starts_over()
    {
        using DryRunBench bench = Stuck();
        await bench.RunUntilAsync(() => bench.Decoder.Asked.Contains("c.png"));
        bench.Decoder = new ScriptedDecoder();
        bench.Options = bench.Options with { Guard = bench.Options.Guard with { Deadline = TimeSpan.FromSeconds(5) } };

        Assert.That(
            async () => await bench.RunAsync(), Throws.TypeOf<OutputException>().With.Message.Contains("deadline was \"00:01:00\" and is \"00:00:05\""));
        Assert.That(bench.Decoder.Asked, Is.Empty);
        Assert.That(bench.Faults(), Is.Not.Empty);

        bench.Options = bench.Options with { Fresh = true };
        Assert.That((await bench.RunAsync()).ClipCount, Is.EqualTo(6));
        Assert.That(bench.Decoder.Asked, Does.Contain("a.png"));
    }

    [Test]
    public async Task Another_number_of_workers_is_no_change()
    {
        using DryRunBench bench = Stuck();
        await bench.RunUntilAsync(() => bench.Decoder.Asked.Contains("c.png"));
        bench.Decoder = new ScriptedDecoder();
        bench.Options = bench.Options with { Guard = bench.Options.Guard with { Workers = 5 } };

        Assert.That((await bench.RunAsync()).ClipCount, Is.EqualTo(6));
        Assert.That(bench.Decoder.Asked, Does.Not.Contain("a.png"));
    }

    [Test]
    public async Task A_changed_manifest_is_refused()
    {
        using DryRunBench bench = Stuck();
        await bench.RunUntilAsync(() => bench.Decoder.Asked.Contains("c.png"));
        bench.Decoder = new ScriptedDecoder();
        await File.AppendAllTextAsync(bench.ManifestPath, Row("d.png") + "\n");

        Assert.That(async () => await bench.RunAsync(), Throws.TypeOf<OutputException>().With.Message.Contains("manifest").And.Message.Contains("--fresh"));
    }

    [Test]
    public async Task Cut_off_results_are_refused()
    {
        using DryRunBench bench = Stuck();
        await bench.RunUntilAsync(() => bench.Decoder.Asked.Contains("c.png"));
        await File.WriteAllTextAsync(bench.FaultsPath, string.Empty);

        Assert.That(async () => await bench.RunAsync(), Throws.TypeOf<OutputException>().With.Message.Contains("faults.jsonl"));
    }

    [Test]
    public async Task A_run_that_ended_is_started_over_without_a_word()
    {
        using var bench = new DryRunBench(Row("bad.png"), Row("a.png"));
        await bench.RunAsync();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Has.Count.EqualTo(4));
        Assert.That(bench.Faults(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_place_to_go_on_is_marked_while_the_run_goes_on()
    {
        var clock = new TestClock();
        using var bench = new DryRunBench(Row("bad1.png"), Row("slow.png"), Row("stuck.png"));
        bench.Decoder.Hold("slow.png");
        bench.Decoder.Hold("stuck.png");
        var run = new DryRun(new JsonLinesManifest(bench.ManifestPath, bench.Options.Manifest), bench.Decoder, bench.Options, null, clock);
        Task<DryRunSummary> running = run.RunAsync();
        await Until(() => bench.Faults().Count == 1);
        Assert.That(await File.ReadAllTextAsync(bench.UnfinishedPath), Does.Contain("\"rows\": 0,"));

        clock.Advance(TimeSpan.FromSeconds(6));
        bench.Decoder.Release("slow.png");
        await Until(() => File.ReadAllText(bench.UnfinishedPath).Contains("\"rows\": 2,", StringComparison.Ordinal));
        bench.Decoder.Release("stuck.png");

        Assert.That((await running).ElapsedSeconds, Is.EqualTo(6));
        Assert.That(bench.UnfinishedPath, Does.Not.Exist);
    }

    private static DryRunBench Stuck()
    {
        var bench = new DryRunBench(Rows);
        bench.Decoder.Hold("stuck.png");
        return bench;
    }
}
