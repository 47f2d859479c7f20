using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Runs;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;

namespace ClipGuard.Tests.DryRuns;

[CancelAfter(30_000)]
public sealed class OutputFolderTests
{
    [Test]
    public void The_manifest_is_never_overwritten()
    {
        using var bench = new DryRunBench(Row("a.png"));
        string content = File.ReadAllText(bench.ManifestPath);
        Directory.CreateDirectory(bench.Options.OutputFolder);
        bench.Options = bench.Options with { CleanManifest = bench.ManifestPath };

        Assert.That(async () => await bench.RunAsync(), Throws.TypeOf<OutputException>().With.Message.Contains("is the manifest itself"));
        Assert.That(File.ReadAllText(bench.ManifestPath), Is.EqualTo(content));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void The_manifest_is_not_overwritten_through_a_link_either(bool symbolic)
    {
        using var bench = new DryRunBench(Row("a.png"));
        Directory.CreateDirectory(bench.Options.OutputFolder);
        if (symbolic)
        {
            File.CreateSymbolicLink(bench.FaultsPath, bench.ManifestPath);
        }
        else
        {
            using var ln = System.Diagnostics.Process.Start("ln", [bench.ManifestPath, bench.FaultsPath]);
            ln.WaitForExit();
        }

        Assert.That(async () => await bench.RunAsync(), Throws.TypeOf<OutputException>().With.Message.Contains("is the manifest itself"));
    }

    [Test]
    public void The_clean_manifest_cannot_take_another_outputs_place()
    {
        using var bench = new DryRunBench(Row("a.png"));
        bench.Options = bench.Options with { CleanManifest = bench.FaultsPath };

        Assert.That(async () => await bench.RunAsync(), Throws.TypeOf<OutputException>().With.Message.Contains("faults.jsonl"));
    }

    [Test]
    public async Task The_clean_manifest_may_lie_elsewhere()
    {
        using var bench = new DryRunBench(Row("a.png"), Row("bad.png"));
        bench.Options = bench.Options with { CleanManifest = Path.Combine(bench.Folder, "deep", "er", "good.jsonl") };

        await bench.RunAsync();

        Assert.That(await File.ReadAllTextAsync(bench.Options.CleanManifest!), Is.EqualTo(Row("a.png") + "\n"));
        Assert.That(bench.CleanPath, Does.Not.Exist);
    }

    [Test]
    public async Task Two_runs_do_not_share_a_folder()
    {
        using var bench = new DryRunBench(Row("a.png"));
        bench.Decoder.Hold("a.png");
        Task<DryRunSummary> first = bench.RunAsync();
        await Until(() => bench.Decoder.Asked.Count == 1);

        Assert.That(async () => await bench.RunAsync(), Throws.TypeOf<OutputException>().With.Message.Contains("in use by another run"));

        bench.Decoder.Release("a.png");
        Assert.That((await first).OkCount, Is.EqualTo(1));
    }

    [TestCase("/dev/null/out")]
    [TestCase("/proc/clipguard")]
    public void A_folder_that_cannot_be_made_is_named(string folder)
    {
        using var bench = new DryRunBench(Row("a.png"));
        bench.Options = bench.Options with { OutputFolder = folder };

        Assert.That(async () => await bench.RunAsync(), Throws.TypeOf<OutputException>().With.Message.Contains(folder));
    }

    [Test]
    public void A_wrong_manifest_costs_no_earlier_findings()
    {
        using var bench = new DryRunBench(Row("a.png"));
        Directory.CreateDirectory(bench.Options.OutputFolder);
        File.WriteAllText(bench.FaultsPath, "found earlier");
        File.Delete(bench.ManifestPath);

        Assert.That(async () => await bench.RunAsync(), Throws.TypeOf<ManifestException>());
        Assert.That(File.ReadAllText(bench.FaultsPath), Is.EqualTo("found earlier"));
    }

    [Test]
    public async Task What_one_shards_run_found_is_not_replaced_by_anothers_or_by_the_wholes()
    {
        using var bench = new DryRunBench(Row("bad.png"), Row("bad.png"));
        await RunShardAsync(bench, new ShardNumber(1, 2));
        string found = File.ReadAllText(bench.FaultsPath);
        foreach (ShardNumber? other in new ShardNumber?[] { new(0, 2), null })
        {
            Assert.That(
                async () => await RunShardAsync(bench, other),
                Throws.TypeOf<OutputException>().With.Message.Contains("shard 1/2 has found").And.Message.Contains("--fresh"));
        }

        Assert.That(File.ReadAllText(bench.FaultsPath), Is.EqualTo(found));
        Assert.That((await RunShardAsync(bench, new ShardNumber(1, 2))).FaultCount, Is.EqualTo(1));

        bench.Options = bench.Options with { Fresh = true };
        Assert.That((await RunShardAsync(bench, null)).FaultCount, Is.EqualTo(2));
        bench.Options = bench.Options with { Fresh = false };
        Assert.That(
            async () => await RunShardAsync(bench, new ShardNumber(1, 2)),
            Throws.TypeOf<OutputException>().With.Message.Contains("the whole manifest has found"));
    }

    // Nothing that another shard's run knows may settle a clip that was never decoded.
    [Test]
    public async Task A_shard_that_left_clips_unsettled_is_not_gone_on_with_by_another()
    {
        using var bench = new DryRunBench(Row("ok1.png"), Row("odd.png"));
        Assert.That((await RunShardAsync(bench, new ShardNumber(1, 2))).UnsettledCount, Is.EqualTo(1));
        bench.Decoder = new ScriptedDecoder();

        Assert.That(
            async () => await RunShardAsync(bench, new ShardNumber(0, 2)), Throws.TypeOf<OutputException>().With.Message.Contains("shard 1/2 has found"));
        Assert.That(bench.Decoder.Asked, Is.Empty);
    }

    [Test]
    public async Task An_interrupted_shard_is_not_gone_on_with_by_another()
    {
        using var bench = new DryRunBench(Row("ok-11.png"), Row("bad-1.png"), Row("bad-2.png"), Row("stuck.png"));
        bench.Decoder.Hold("stuck.png");
        using (ManifestShard shard = await ManifestShard.OpenAsync(new JsonLinesManifest(bench.ManifestPath, bench.Options.Manifest), new ShardNumber(1, 2)))
        {
            using var stop = new CancellationTokenSource();
            Task<DryRunSummary> running = new DryRun(shard, bench.Decoder, bench.Options).RunAsync(stop.Token);
            await Until(() => bench.Faults().Count == 1);
            await stop.CancelAsync();
            Assert.That((await running).Cancelled, Is.True);
        }

        bench.Decoder = new ScriptedDecoder();
        foreach (ShardNumber? other in new ShardNumber?[] { new(0, 2), null })
        {
            Assert.That(async () => await RunShardAsync(bench, other), Throws.TypeOf<OutputException>().With.Message.Contains("it was of shard 1/2"));
        }

        Assert.That((await RunShardAsync(bench, new ShardNumber(1, 2))).ClipCount, Is.EqualTo(2));
    }

    [Test]
    public async Task What_one_manifests_run_found_is_not_replaced_by_anothers()
    {
        using var bench = new DryRunBench(Row("bad.png"));
        await bench.RunAsync();
        string found = File.ReadAllText(bench.FaultsPath);
        string other = Path.Combine(bench.Folder, "other.jsonl");
        File.WriteAllText(other, Row("a.png") + "\n");

        DryRun Of(string manifest, bool fresh) =>
            new(new JsonLinesManifest(manifest, bench.Options.Manifest), bench.Decoder, bench.Options with { Fresh = fresh });
        Assert.That(
            async () => await Of(other, fresh: false).RunAsync(),
            Throws.TypeOf<OutputException>().With.Message.Contains($"{bench.ManifestPath} has found").And.Message.Contains("--fresh"));
        Assert.That(File.ReadAllText(bench.FaultsPath), Is.EqualTo(found));

        Assert.That((await Of(bench.ManifestPath, fresh: false).RunAsync()).FaultCount, Is.EqualTo(1));
        Assert.That((await Of(other, fresh: true).RunAsync()).FaultCount, Is.Zero);
        Assert.That(File.ReadAllText(bench.FaultsPath), Is.Empty);
    }

    [Test]
    public async Task A_run_that_came_to_no_row_is_replaced_by_any()
    {
        using var bench = new DryRunBench();
        string other = Path.Combine(bench.Folder, "other.jsonl");
        File.WriteAllText(other, string.Empty);
        Assert.That((await new DryRun(new JsonLinesManifest(other, bench.Options.Manifest), bench.Decoder, bench.Options).RunAsync()).SampleCount, Is.Zero);
        Assert.That(File.Exists(Path.Combine(bench.Options.OutputFolder, "summary.json")), Is.True);

        File.WriteAllText(bench.ManifestPath, Row("a.png") + "\n");
        Assert.That((await bench.RunAsync()).SampleCount, Is.EqualTo(1));
    }

    [Test]
    public async Task What_was_found_is_on_disk_while_the_run_goes_on()
    {
        using var bench = new DryRunBench(Row("a.png"), Row("bad.png"), Row("stuck.png"));
        bench.Decoder.Hold("stuck.png");
        Task<DryRunSummary> running = bench.RunAsync();

        await Until(() => File.Exists(bench.PartialPath) && File.ReadAllText(bench.PartialPath) == Row("a.png") + "\n");
        await Until(() => bench.Faults().Count == 1);

        bench.Decoder.Release("stuck.png");
        await running;
    }

    private static async Task<DryRunSummary> RunShardAsync(DryRunBench bench, ShardNumber? number)
    {
        var manifest = new JsonLinesManifest(bench.ManifestPath, bench.Options.Manifest);
        using ManifestShard? shard = number is { } one ? await ManifestShard.OpenAsync(manifest, one) : null;
        return await new DryRun(shard ?? (IManifest)manifest, bench.Decoder, bench.Options).RunAsync();
    }
}
