using System.Runtime.CompilerServices;

using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Runs;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;

namespace ClipGuard.Tests.DryRuns;

/// <summary>A broken surrounding must not look like a bad dataset: such a run stops, and leaves nothing that the next one would take over.</summary>
[CancelAfter(30_000)]
public sealed class DryRunStoppedTests
{
    [Test]
    public async Task Where_all_clips_of_the_first_rows_are_missing_it_stops_and_names_the_root_and_the_next_run_begins_anew()
    {
        using DryRunBench bench = Bench("gone", 40);

        Assert.That(async () => await bench.RunAsync(), Throws.TypeOf<DryRunStoppedException>()
            .With.Message.Contains("all clips of the first 10 rows are missing").And.Message.Contains("--root").And.Message.Contains("line "));
        Assert.That(bench.Decoder.Asked, Has.Count.LessThan(20));
        Assert.That(new[] { bench.UnfinishedPath, bench.JournalPath, bench.SummaryPath }, Has.None.Exist);

        bench.Decoder = new ScriptedDecoder();
        bench.Options = bench.Options with { KeepGoing = true };
        Assert.That((await bench.RunAsync()).Faults["Missing"], Is.EqualTo(40));
        Assert.That(bench.Decoder.Asked, Has.Count.EqualTo(40));
    }

    [Test]
    public void Where_all_of_them_stay_unsettled_it_does_not_try_them_again_first()
    {
        using DryRunBench bench = Bench("odd", 40);

        Assert.That(
            async () => await bench.RunAsync(), Throws.TypeOf<DryRunStoppedException>().With.Message.Contains("stay unsettled: is the machine too busy"));
        Assert.That(bench.Decoder.Settled, Is.Empty);
    }

    [Test]
    public void While_later_rows_are_being_read_it_does_not_try_them_again_either()
    {
        using DryRunBench bench = Bench("odd", 40);
        int passed = 0;
        var slow = new PausedManifest(
            new JsonLinesManifest(bench.ManifestPath, bench.Options.Manifest),
            () => Until(() => bench.Decoder.Asked.Count >= passed && bench.Decoder.Decoding == 0 && ++passed > 0));
        var run = new DryRun(slow, bench.Decoder, bench.Options);

        Assert.That(async () => await run.RunAsync(), Throws.TypeOf<DryRunStoppedException>().With.Message.Contains("stay unsettled"));
        Assert.That(bench.Decoder.Settled, Is.Empty);
    }

    [Test]
    public void Where_fewer_rows_than_that_can_be_held_they_are_tried_again_before()
    {
        using DryRunBench bench = Bench("odd", 40);
        bench.Options = bench.Options with { RowsInFlight = 4 };

        Assert.That(async () => await bench.RunAsync(), Throws.TypeOf<DryRunStoppedException>().With.Message.Contains("stay unsettled"));
        Assert.That(bench.Decoder.Settled, Has.Count.InRange(1, 10));
    }

    [TestCase("a")]
    [TestCase("bad")]
    public async Task One_clip_that_decodes_or_has_a_fault_of_its_own_shows_that_nothing_is_broken(string kind)
    {
        string[] rows = [.. Enumerable.Range(0, 40).Select(row => Row(row % 2 == 0 ? $"gone{row}.png" : $"odd{row}.png"))];
        using var bench = new DryRunBench([Row($"{kind}.png", "gone.png"), .. rows]);
        bench.Options = bench.Options with { FirstRows = 10 };
        bench.Decoder.Hold("gone.png");
        Task<DryRunSummary> running = bench.RunAsync();
        bench.Decoder.Release("gone.png");

        Assert.That((await running).SampleCount, Is.EqualTo(41));
    }

    [Test]
    public async Task Fewer_rows_than_that_are_told_as_they_are()
    {
        using DryRunBench bench = Bench("gone", 9);

        Assert.That((await bench.RunAsync()).Faults["Missing"], Is.EqualTo(9));
    }

    [Test]
    public async Task A_budget_that_is_spent_stops_the_run_and_with_a_larger_one_it_goes_on()
    {
        using var bench = new DryRunBench([Row("a.png"), .. Enumerable.Range(0, 9).Select(row => Row($"bad{row}.png")), Row("b.png")]);
        bench.Options = bench.Options with { Budget = new FailureBudget { MaxFaults = 4, MaxRate = 1 } };

        Assert.That(async () => await bench.RunAsync(), Throws.TypeOf<DryRunStoppedException>()
            .With.Message.Contains("5 of 6 rows gave no sample: more than the 4 that Budget.MaxFaults allows"));

        bench.Decoder = new ScriptedDecoder();
        bench.Options = bench.Options with { Budget = FailureBudget.Unlimited };
        DryRunSummary summary = await bench.RunAsync();
        Assert.That((summary.Faults["Corrupt"], summary.OkCount), Is.EqualTo((9L, 2L)));
        Assert.That(bench.Decoder.Asked, Does.Not.Contain("a.png").And.Not.Contain("bad0.png"));
    }

    [Test]
    public void A_rate_counts_after_the_probation()
    {
        using var bench = new DryRunBench([Row("bad.png"), "no sample", Row("a.png"), Row("bad2.png"), Row("b.png")]);
        bench.Options = bench.Options with { Budget = new FailureBudget { MaxRate = 0.5, Probation = 4 } };

        Assert.That(async () => await bench.RunAsync(), Throws.TypeOf<DryRunStoppedException>()
            .With.Message.Contains("3 of 4 rows gave no sample: 75.0 %, more than the 50.0 %"));
    }

    private static DryRunBench Bench(string kind, int rows)
    {
        var bench = new DryRunBench([.. Enumerable.Range(0, rows).Select(row => Row($"{kind}{row}.png"))]);
        bench.Options = bench.Options with { FirstRows = 10 };
        return bench;
    }

    /// <summary>Gives each row but the first only when it is told to.</summary>
    private sealed class PausedManifest(IManifest manifest, Func<Task> beforeRow) : IManifest
    {
        public string Name => manifest.Name;

        public string Kind => manifest.Kind;

        public IReadOnlyList<string> Sources => manifest.Sources;

        public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            await foreach (ManifestRow row in manifest.ReadRowsAsync(cancellation))
            {
                await beforeRow();
                yield return row;
            }
        }

        public Task<string> FingerprintAsync(CancellationToken cancellation = default) => manifest.FingerprintAsync(cancellation);
    }
}
