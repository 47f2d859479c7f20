using ClipGuard.Columnar;
using ClipGuard.DryRuns;
using ClipGuard.DryRuns.Merging;
using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Runs;
using ClipGuard.Verdicts;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;
using static ClipGuard.Tests.Support.ShardRuns;

namespace ClipGuard.Tests.DryRuns;

/// <summary>What the runs of shards found, merged, against a run of the whole manifest.</summary>
[CancelAfter(60_000)]
internal sealed class DryRunMergeTests
{
    private static readonly string[] Clips = ["a.png", "b.png", "bad.png", "twice.png", "gone.png", "odd-good.png", "odd.png", "odd-bad.png"];

    private static readonly string[] Rows = [Row("a.png"), Row("bad1.png"), "no sample", Row("b.png", "bad2.png"), string.Empty, Row("c.png"), Row("odd.png")];

    [OneTimeSetUp]
    public void ReadParquet() => ParquetFormat.Add();

    // Shards in any order, some of them killed on the way, of manifests of several kinds.
    [Test]
    public async Task Merged_shards_are_what_one_run_would_have_written(
        [Values("jsonl", "json", "csv", "glob", "tar", "parquet")] string kind, [Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        string[] rows =
        [
            .. Enumerable.Range(0, 10 + random.Next(40)).Select(i => random.Next(6) switch
            {
                0 => "no sample",
                1 => Row([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Clips[random.Next(Clips.Length)])]),
                2 when kind is "jsonl" or "csv" => string.Empty,
                _ => Row($"{i}-{new string('x', random.Next(200))}.png"),
            }),
        ];
        using var whole = new DryRunBench(string.Empty);
        using var split = new DryRunBench(string.Empty);
        string manifest = Write(whole.Folder, kind, rows);
        DryRunSummary expected = await Start(whole, Manifest.Open(manifest, whole.Options.Manifest)).RunAsync();
        int count = random.Next(1, 7);
        string folder = split.Options.OutputFolder;
        foreach (int index in Enumerable.Range(0, count).OrderBy(_ => random.Next()).ToArray())
        {
            split.Options = split.Options with { OutputFolder = Path.Combine(folder, new ShardNumber(index, count).FolderName) };
            split.Decoder = new ScriptedDecoder();
            using ManifestShard shard = await ManifestShard.OpenAsync(Manifest.Open(manifest, split.Options.Manifest), new ShardNumber(index, count));
            string[] clips = [.. ClipsOf(shard)];
            if (random.Next(3) > 0 && clips.Length > 0)
            {
                await KillWhileAsync(split, Start(split, shard), clips[random.Next(clips.Length)]);
            }

            split.Decoder = new ScriptedDecoder();
            using ManifestShard again = await ManifestShard.OpenAsync(Manifest.Open(manifest, split.Options.Manifest), new ShardNumber(index, count));
            await Start(split, again).RunAsync();
        }

        DryRunSummary merged = await DryRunMerge.MergeAsync(folder);

        Assert.That(Files(folder), Is.EqualTo(Files(whole.Options.OutputFolder)));
        Assert.That(Counts(merged), Is.EqualTo(Counts(expected)));
        Assert.That(await File.ReadAllTextAsync(DryRunFiles.Summary(folder)), Does.Contain($"\"samples\": {expected.SampleCount},"));
        Dictionary<string, string> once = AllFiles(folder);
        await DryRunMerge.MergeAsync(folder);
        Assert.That(AllFiles(folder), Is.EqualTo(once));
    }

    // Once nothing but that one clip is being decoded, so that no file is caught half way through being replaced.
    private static async Task KillWhileAsync(DryRunBench bench, DryRun run, string held)
    {
        bench.Decoder.Hold(held);
        int asked = -1;
        await bench.RunUntilKilledAsync(run, () =>
        {
            int before = asked;
            asked = bench.Decoder.Asked.Contains(held) ? bench.Decoder.Asked.Count : -1;
            return asked > 0 && asked == before;
        });
    }

    [Test]
    public async Task Missing_and_unfinished_shards_are_named()
    {
        using DryRunBench bench = await SplitAsync(6, 0, 1, 3, 5);
        string folder = Parent(bench);
        File.Delete(DryRunFiles.Shard(FolderOf(folder, 3, 6)));

        await Refused(folder, "2/6, 4/6 are missing; 3/6 is unfinished");
        Assert.That(DryRunFiles.Faults(folder), Does.Not.Exist);
    }

    [Test]
    public async Task A_shard_that_runs_is_not_merged()
    {
        using DryRunBench bench = await SplitAsync(2, 0, 1);
        using FileStream held = FolderLock.Take(FolderOf(Parent(bench), 1, 2));

        await Refused(Parent(bench), "shard-0001-of-0002 is in use by another run");
    }

    [Test]
    public async Task Shards_of_another_cut_are_refused()
    {
        using DryRunBench bench = await SplitAsync(2, 0, 1);
        await RunAsync(bench, Parent(bench), 0, 3);

        await Refused(Parent(bench), "cut into 2 and of one cut into 3 (shard-0000-of-0002, shard-0000-of-0003)");
    }

    [Test]
    public async Task Other_settings_are_refused_by_name()
    {
        using DryRunBench bench = await SplitAsync(3, 0, 2);
        string folder = Parent(bench);
        bench.Options = bench.Options with { Guard = bench.Options.Guard with { Deadline = TimeSpan.FromSeconds(5), Workers = 7 } };
        await RunAsync(bench, folder, 1, 3);

        await Refused(folder, "of shard-0001-of-0003 deadline was \"00:01:00\" and is \"00:00:05\". Run those that differ again");
    }

    [Test]
    public async Task Another_version_is_refused()
    {
        using DryRunBench bench = await SplitAsync(2, 0, 1);
        string record = DryRunFiles.Shard(FolderOf(Parent(bench), 1, 2));
        await File.WriteAllTextAsync(record, (await File.ReadAllTextAsync(record)).Replace("Scripted 1", "Scripted 2", StringComparison.Ordinal));

        await Refused(Parent(bench), "of shard-0001-of-0002 decoder was \"Scripted 1\" and is \"Scripted 2\"");
    }

    [Test]
    public async Task A_manifest_that_changed_between_shards_is_refused([Values("size", "time", "content")] string change)
    {
        using DryRunBench bench = await SplitAsync(2, 0);
        DateTime time = File.GetLastWriteTimeUtc(bench.ManifestPath);
        string text = await File.ReadAllTextAsync(bench.ManifestPath);
        await File.WriteAllTextAsync(bench.ManifestPath, change switch
        {
            "size" => text + Row("d.png"),
            "content" => text.Replace("c.png", "d.png", StringComparison.Ordinal),
            _ => text,
        });
        File.SetLastWriteTimeUtc(bench.ManifestPath, change == "time" ? time.AddSeconds(2) : time);
        await RunAsync(bench, Parent(bench), 1, 2);

        await Refused(Parent(bench), change switch
        {
            "size" => "of shard-0001-of-0002 the manifest had",
            "content" => "of shard-0001-of-0002 the manifest's content differs",
            _ => "of shard-0001-of-0002 the manifest was written at",
        });
    }

    [Test]
    public async Task A_manifest_that_changed_since_is_refused()
    {
        using DryRunBench bench = await SplitAsync(2, 0, 1);
        await File.AppendAllTextAsync(bench.ManifestPath, "\n");

        await Refused(Parent(bench), "has changed since its shards were run");
        File.Delete(bench.ManifestPath);
        Assert.That((await DryRunMerge.MergeAsync(Parent(bench))).SampleCount, Is.EqualTo(5), "it need not be here");
    }

    [Test]
    public async Task What_a_list_leaves_out_and_does_not_find_is_counted_over_all_shards()
    {
        using var bench = new DryRunBench(Rows);
        string list = Path.Combine(bench.Folder, "excluded.jsonl");
        await File.WriteAllLinesAsync(
            list, new[] { 1, 4, 6, 99 }.Select(static line => $$"""{"source":"manifest.jsonl","line":{{line}},"clips":[]}"""));
        bench.Options = bench.Options with { Excluded = await ExclusionList.ReadAsync([list]) };
        string folder = bench.Options.OutputFolder;
        DryRunSummary expected = await bench.RunAsync();
        Directory.Delete(folder, recursive: true);
        foreach (int index in new[] { 0, 1, 2 })
        {
            await RunAsync(bench, folder, index, 3);
        }

        DryRunSummary merged = await DryRunMerge.MergeAsync(folder);

        Assert.That((expected.LeftOutCount, expected.NotFoundCount), Is.EqualTo((3L, 1L)));
        Assert.That(Counts(merged), Is.EqualTo(Counts(expected)));
    }

    [Test]
    public async Task With_a_verdict_store_a_clip_of_several_shards_counts_once_as_known()
    {
        using var bench = new DryRunBench(Row("a.png"), Row("b.png", "a.png"), Row("a.png"), Row("bad.png"), Row("b.png", "bad.png"), Row("c.png", "a.png"));
        foreach (string clip in new[] { "a.png", "b.png", "bad.png", "c.png" })
        {
            string path = Path.Combine(bench.Folder, clip);
            await File.WriteAllTextAsync(path, clip);
            File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        bench.Options = bench.Options with { Verdicts = new VerdictStoreOptions { Folder = Path.Combine(bench.Folder, "store") } };
        string folder = bench.Options.OutputFolder;
        await bench.RunAsync();
        DryRunSummary expected = await bench.RunAsync();
        Directory.Delete(folder, recursive: true);
        foreach (int index in new[] { 0, 1, 2 })
        {
            await RunAsync(bench, folder, index, 3);
        }

        DryRunSummary merged = await DryRunMerge.MergeAsync(folder);

        Assert.That((expected.FromStoreCount, expected.RepeatedCount), Is.EqualTo((4L, 5L)));
        Assert.That(Counts(merged), Is.EqualTo(Counts(expected)));
    }

    [Test]
    public async Task Rows_that_are_copied_need_the_manifest_as_it_was([Values("gone", "changed")] string change)
    {
        using var bench = new DryRunBench(string.Empty);
        string folder = bench.Options.OutputFolder;
        string manifest = Path.Combine(bench.Folder, "data");
        Directory.CreateDirectory(manifest);
        WriteParquet(Path.Combine(manifest, "0.parquet"), [Rows[0], Rows[1]]);
        WriteParquet(Path.Combine(manifest, "1.parquet"), [Rows[5]]);
        foreach (int index in new[] { 0, 1 })
        {
            bench.Options = bench.Options with { OutputFolder = FolderOf(folder, index, 2) };
            using ManifestShard shard = await ManifestShard.OpenAsync(Manifest.Open(manifest, bench.Options.Manifest), new ShardNumber(index, 2));
            await Start(bench, shard).RunAsync();
        }

        Directory.Move(manifest, manifest + "-elsewhere");
        await Refused(folder, "clean.parquet is copied from " + manifest);
        if (change == "changed")
        {
            Directory.Move(manifest + "-elsewhere", manifest);
            WriteParquet(Path.Combine(manifest, "1.parquet"), [Rows[3], Rows[5]]);
            await Refused(folder, $"{manifest} has changed since its shards were run");
        }

        Assert.That(Directory.GetFiles(folder), Is.Empty.Or.All.EndsWith(".lock"));
    }

    [Test]
    public async Task A_manifest_that_changes_while_a_shard_runs_ends_the_run()
    {
        using var bench = new DryRunBench(Rows);
        bench.Decoder.Hold("a.png");
        Task running = RunAsync(bench, Parent(bench), 0, 2);
        await Until(() => bench.Decoder.Asked.Contains("a.png"));
        await File.AppendAllTextAsync(bench.ManifestPath, "\n");
        bench.Decoder.Release("a.png");

        Assert.That(async () => await running, Throws.InstanceOf<OutputException>().With.Message.Contains("has changed while shard 0/2 of it was read"));
        Assert.That(DryRunFiles.Shard(bench.Options.OutputFolder), Does.Not.Exist);
    }

    [Test]
    public async Task Files_that_are_not_as_they_were_left_are_refused()
    {
        using DryRunBench bench = await SplitAsync(2, 0, 1);
        await File.AppendAllTextAsync(DryRunFiles.Clean(FolderOf(Parent(bench), 1, 2)), "more");

        await Refused(Parent(bench), "when its run ended: run shard 1/2 again");
    }

    [Test]
    public async Task Folders_without_shards_and_other_mistakes_are_refused()
    {
        using DryRunBench bench = await SplitAsync(1, 0);
        string folder = Parent(bench);

        await Refused(Path.Combine(bench.Folder, "nothing"), "there is no folder");
        await Refused(FolderOf(folder, 0, 1), "has no shards to merge");
        Assert.That(
            async () => await DryRunMerge.MergeAsync(folder, bench.ManifestPath),
            Throws.InstanceOf<OutputException>().With.Message.Contains("would overwrite"));
        Assert.That(
            async () => await DryRunMerge.MergeAsync(folder, DryRunFiles.Faults(folder)),
            Throws.InstanceOf<OutputException>().With.Message.Contains("would overwrite"));
        await File.WriteAllTextAsync(DryRunFiles.Unfinished(folder), "{}");
        await Refused(folder, "did not end, beside its shards");
    }

    [Test]
    public async Task A_shard_with_unsettled_clips_is_merged_and_once_it_was_tried_again_merged_anew()
    {
        using DryRunBench bench = await SplitAsync(2, 0, 1);
        string folder = Parent(bench);
        Assert.That((await DryRunMerge.MergeAsync(folder)).UnsettledCount, Is.EqualTo(1));
        Assert.That(DryRunFiles.Unsettled(folder), Does.Exist);

        bench.Decoder = new ScriptedDecoder { IsOdd = false };
        await RunAsync(bench, folder, 1, 2);
        DryRunSummary again = await DryRunMerge.MergeAsync(folder, Path.Combine(bench.Folder, "elsewhere", "good.jsonl"));

        Assert.That((again.UnsettledCount, again.CleanSampleCount), Is.EqualTo((0L, 3L)));
        Assert.That(DryRunFiles.Unsettled(folder), Does.Not.Exist);
        Assert.That(bench.Decoder.Asked, Is.EqualTo(new[] { "odd.png" }));
        Assert.That(await File.ReadAllLinesAsync(Path.Combine(bench.Folder, "elsewhere", "good.jsonl")), Is.EqualTo(new[] { Rows[0], Rows[5], Rows[6] }));
    }

    [TestCase("{\"line\":7,\"clip\":\"a\"}", 10, "{\"line\":17,\"clip\":\"a\"}")]
    [TestCase("{\"line\":7}", 3, "{\"line\":10}")]
    [TestCase("{\"source\":\"a \\\"line\\\":3,\",\"line\":7,\"clips\":[]}", 3, "{\"source\":\"a \\\"line\\\":3,\",\"line\":10,\"clips\":[]}")]
    [TestCase("{\"source\":\"a.tar\",\"key\":\"7\"}", 3, "{\"source\":\"a.tar\",\"key\":\"7\"}")]
    public void Only_the_line_of_a_record_changes(string record, long before, string expected) =>
        Assert.That(MergedFile.Renumber(record, before), Is.EqualTo(expected));

    private static async Task Refused(string folder, string why) =>
        await Assert.ThatAsync(() => DryRunMerge.MergeAsync(folder), Throws.InstanceOf<OutputException>().With.Message.Contains(why));

    private static async Task<DryRunBench> SplitAsync(int count, params int[] indexes)
    {
        var bench = new DryRunBench(Rows);
        string folder = Parent(bench);
        foreach (int index in indexes)
        {
            await RunAsync(bench, folder, index, count);
        }

        return bench;
    }

    private static string Parent(DryRunBench bench) => Path.Combine(bench.Folder, "out");
}
