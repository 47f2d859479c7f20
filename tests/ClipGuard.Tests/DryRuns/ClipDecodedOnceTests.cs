using ClipGuard.DryRuns;
using ClipGuard.Media;
using ClipGuard.Verdicts;

using FsCheck;
using FsCheck.Fluent;

using NUnit.Framework;

namespace ClipGuard.Tests.DryRuns;

/// <summary>Clips that a manifest names more than once.</summary>
[CancelAfter(120_000)]
internal sealed class ClipDecodedOnceTests
{
    [Test]
    public async Task Each_clip_is_decoded_once_and_each_mention_has_a_record_of_its_own()
    {
        using var bench = new DryRunBench([.. Enumerable.Range(0, 60).Select(row => DryRunBench.Row(row % 2 == 0 ? "/a/ok.png" : "/a/bad.png", "/a/ok.png"))]);

        DryRunSummary summary = await bench.RunAsync();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Decoder.Asked, Is.EquivalentTo(["ok.png", "bad.png"]));
            Assert.That((summary.ClipCount, summary.OkCount, summary.RepeatedCount), Is.EqualTo((120L, 90L, 118L)));
            Assert.That(bench.Faults().Select(fault => fault.Line), Is.EqualTo(Enumerable.Range(1, 30).Select(n => 2L * n)));
            Assert.That(bench.Faults().Cast<ClipFaultRecord>().Select(fault => (fault.PacketCount, fault.Log[0])), Is.All.EqualTo((3L, "oh no")));
        });
    }

    [Test]
    public async Task A_run_that_goes_on_decodes_nothing_again_that_an_earlier_row_named()
    {
        string[] clips = ["/a/ok.png", "/a/bad.png", "/a/ok-held.png", "/a/ok.png", "/a/bad.png", "/a/bad.png"];
        using var bench = new DryRunBench([.. clips.Select(static clip => DryRunBench.Row(clip))]);
        bench.Decoder.Hold("ok-held.png");
        await bench.RunUntilAsync(() => bench.Decoder.Asked.Contains("ok-held.png") && bench.Faults().Count == 1);

        bench.Decoder = new ScriptedDecoder();
        DryRunSummary summary = await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.EqualTo(["ok-held.png"]));
        Assert.That((summary.ResumedRowCount, summary.ClipCount, summary.RepeatedCount), Is.EqualTo((2L, 6L, 3L)));
        Assert.That(bench.Faults().Cast<ClipFaultRecord>().Select(static fault => (fault.Line, fault.PacketCount)), Is.EqualTo([(2L, 3L), (5L, 3L), (6L, 3L)]));
        Assert.That(Path.Combine(bench.Options.OutputFolder, "clips.seen"), Does.Not.Exist);
    }

    [Test]
    public async Task Mentions_wait_for_the_first_while_others_go_on()
    {
        using var bench = new DryRunBench(DryRunBench.Row("/a/bad-1.png"), DryRunBench.Row("/a/bad-1.png"), DryRunBench.Row("/a/ok-2.png"));
        bench.Decoder.Hold("bad-1.png");
        DryRun run = bench.Start();
        Task<DryRunSummary> running = run.RunAsync();

        await DryRunBench.Until(() => run.Progress.OkCount == 1);
        Assert.That(run.Progress.ClipCount, Is.EqualTo(1));
        bench.Decoder.Release("bad-1.png");
        DryRunSummary summary = await running;

        Assert.Multiple(() =>
        {
            Assert.That(bench.Decoder.Asked, Has.Count.EqualTo(2));
            Assert.That(summary.Faults[nameof(FaultKind.Corrupt)], Is.EqualTo(2));
            Assert.That(run.Progress.RowCount, Is.EqualTo(3));
        });
    }

    [Test]
    public async Task Mentions_of_an_unsettled_clip_get_what_settles_it()
    {
        using var bench = new DryRunBench(
            DryRunBench.Row("/a/odd-bad-1.png"), DryRunBench.Row("/a/odd-bad-1.png"), DryRunBench.Row("/a/odd-2.png"), DryRunBench.Row("/a/odd-2.png"));

        DryRunSummary summary = await bench.RunAsync();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Decoder.Settled, Is.EquivalentTo(["odd-bad-1.png", "odd-2.png"]));
            Assert.That((summary.Faults[nameof(FaultKind.Corrupt)], summary.UnsettledCount), Is.EqualTo((2L, 2L)));
            Assert.That(File.ReadLines(bench.UnsettledPath).Count(), Is.EqualTo(2));
        });
    }

    [Test]
    public async Task A_run_that_is_stopped_settles_mentions_that_wait_and_the_next_goes_on()
    {
        using var bench = new DryRunBench(DryRunBench.Row("/a/ok-1.png"), DryRunBench.Row("/a/bad-2.png"), DryRunBench.Row("/a/bad-2.png"));
        bench.Options = bench.Options with { Guard = new() { Workers = 1 } };
        bench.Decoder.Hold("bad-2.png");
        DryRunSummary stopped = await bench.RunUntilAsync(() => bench.Decoder.Asked.Contains("bad-2.png"));
        bench.Decoder = new ScriptedDecoder();

        DryRunSummary summary = await bench.RunAsync();

        Assert.Multiple(() =>
        {
            Assert.That(stopped.Cancelled, Is.True);
            Assert.That((summary.ClipCount, summary.Faults[nameof(FaultKind.Corrupt)]), Is.EqualTo((3L, 2L)));
            Assert.That(bench.Decoder.Asked, Is.EqualTo(["bad-2.png"]));
        });
    }

    [Test]
    public async Task The_verdict_of_an_interrupted_run_counts_for_later_mentions()
    {
        using var bench = new DryRunBench(DryRunBench.Row("/a/ok-1.png"), DryRunBench.Row("/a/bad-2.png"), DryRunBench.Row("/a/ok-3.png"));
        bench.Decoder.Hold("ok-1.png");
        await bench.RunUntilKilledAsync(() => bench.Decoder.Asked.Contains("ok-3.png"));
        File.AppendAllText(bench.ManifestPath, string.Empty);
        bench.Decoder = new ScriptedDecoder();

        DryRunSummary summary = await bench.RunAsync();

        Assert.That((summary.ClipCount, bench.Decoder.Asked.Contains("bad-2.png")), Is.EqualTo((3L, false)));
    }

    [Test]
    public async Task A_clip_of_another_kind_is_another_clip()
    {
        using var bench = new DryRunBench("""{"messages":[{"role":"user","content":"look"}],"images":["/a/ok.png"],"videos":["/a/ok.png"]}""");

        DryRunSummary summary = await bench.RunAsync();

        Assert.That((bench.Decoder.Asked.Count, summary.RepeatedCount), Is.EqualTo((2, 0L)));
    }

    [Test]
    public void A_run_with_a_store_gives_what_a_run_without_one_gives()
    {
        string[] names = ["ok", "bad", "gone", "odd-good", "odd-bad", "twice", "odd"];
        Gen<(int, int)> clip = Gen.Zip(Gen.Choose(0, names.Length - 1), Gen.Choose(0, 3));
        Gen<(int, int)[]> row = Gen.Choose(1, 3).SelectMany(count => Gen.ArrayOf(clip, count));
        Gen<(int, int)[][]> rows = Gen.Choose(1, 30).SelectMany(count => Gen.ArrayOf(row, count));
        Prop.ForAll(Arb.From(rows), manifest =>
        {
            string[] lines = [.. manifest.Select(clips => DryRunBench.Row([.. clips.Select(one => $"{names[one.Item1]}-{one.Item2}.png")]))];
            using var bench = new DryRunBench(lines);
            foreach (string name in names.Where(static name => name != "gone").SelectMany(static name => Enumerable.Range(0, 4).Select(n => $"{name}-{n}.png")))
            {
                File.WriteAllText(Path.Combine(bench.Folder, name), name);
                File.SetLastWriteTimeUtc(Path.Combine(bench.Folder, name), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            }

            bench.Options = bench.Options with { KeepGoing = true, Fresh = true };
            (string Faults, string Clean, string Unsettled, string Summary) without = Run(bench);
            bench.Options = bench.Options with { Verdicts = new VerdictStoreOptions { Folder = Path.Combine(bench.Folder, "store") } };
            (string Faults, string Clean, string Unsettled, string Summary) first = Run(bench);
            string[] decoded = [.. bench.Decoder.Asked.Where(IsSettled)];
            (string Faults, string Clean, string Unsettled, string Summary) second = Run(bench);

            Assert.Multiple(() =>
            {
                Assert.That(first, Is.EqualTo(without));
                Assert.That(second, Is.EqualTo(without));
                Assert.That(decoded, Is.Unique);
                Assert.That(bench.Decoder.Asked.Where(IsSettled), Is.Empty);
            });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
    }

    // What stays unsettled is tried again where it is named again, once it is not being tried any more.
    private static bool IsSettled(string name) => !System.Text.RegularExpressions.Regex.IsMatch(name, "^odd-[0-9]");

    private static (string Faults, string Clean, string Unsettled, string Summary) Run(DryRunBench bench)
    {
        bench.Decoder = new ScriptedDecoder();
        DryRunSummary summary = bench.RunAsync().GetAwaiter().GetResult();
        return (
            File.ReadAllText(bench.FaultsPath),
            File.ReadAllText(bench.CleanPath),
            File.Exists(bench.UnsettledPath) ? File.ReadAllText(bench.UnsettledPath) : string.Empty,
            $"{summary.SampleCount} {summary.CleanSampleCount} {summary.ClipCount} {summary.OkCount} {summary.UnsettledCount} "
                + $"{string.Join(',', summary.Faults)}");
    }
}
