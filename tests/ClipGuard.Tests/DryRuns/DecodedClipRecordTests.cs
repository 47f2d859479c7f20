using ClipGuard.DryRuns;
using ClipGuard.Verdicts;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;

namespace ClipGuard.Tests.DryRuns;

/// <summary>What a run says of the clips that decoded, and the table of those that did not.</summary>
[CancelAfter(60_000)]
internal sealed class DecodedClipRecordTests
{
    private static readonly string[] Rows =
    [
        IdRow("\"row-1\"", "a.png"), IdRow("2", "bad.png", "bb.png"), "no sample", IdRow("\"=1+1\"", "gone,1.png"), IdRow("null", "ccc.png", "a.png"),
    ];

    [Test]
    public async Task Each_good_clip_has_what_its_decoder_said_of_it_and_its_rows_id()
    {
        using DryRunBench bench = NewBench(Rows);

        await bench.RunAsync();

        DecodedClipRecord[] records = Records(bench);
        Assert.That(
            records.Select(static one => (one.Line, one.Index, one.Id, one.Clip, one.Width)),
            Is.EqualTo(new (long, int, string?, string, int?)[] { (1, 0, "row-1", "a.png", 5), (2, 1, "2", "bb.png", 6), (5, 0, null, "ccc.png", 7) }));
        Assert.That(records, Has.All.Matches<DecodedClipRecord>(static one =>
            one is { Codec: "png", Container: "png_pipe", Bytes: 99, Height: 8, ElapsedSeconds: 0.005, Damage: null, DurationSeconds: null }));
        Assert.That(records[0].Path, Is.EqualTo(Path.Combine(bench.Folder, "a.png")));
        Assert.That(File.ReadLines(DryRunFiles.Clips(bench.Options.OutputFolder)), Has.None.Contains("null"));
    }

    [Test]
    public async Task Faults_are_a_table_too_in_which_no_cell_is_a_formula()
    {
        using DryRunBench bench = NewBench(Rows);

        await bench.RunAsync();

        Assert.That(bench.Faults().Select(static fault => fault.Id), Is.EqualTo(new[] { "2", null, "=1+1" }));
        string path = bench.Folder;
        Assert.That(await File.ReadAllTextAsync(DryRunFiles.FaultsCsv(bench.Options.OutputFolder)), Is.EqualTo(
            "line,id,kind,clip,path,fault,stage,message,elapsedSeconds,cpuSeconds,packets,frames,peakMemoryBytes,attempts\r\n"
            + $"2,2,image,bad.png,{path}/bad.png,Corrupt,decode,It is damaged.,0,0,3,0,0,1\r\n"
            + $"3,,,,,BadManifestLine,,{FaultsCsv.Text(bench.Faults()[1].Message)},,,,,,\r\n"
            + $"4,'=1+1,image,\"gone,1.png\",\"{path}/gone,1.png\",Missing,open,There is no such file.,0,0,0,0,0,1\r\n"));
    }

    [TestCase("plain", "plain")]
    [TestCase("say \"no\"", "\"say \"\"no\"\"\"")]
    [TestCase("two\nlines", "\"two\nlines\"")]
    [TestCase("-2.5", "-2.5")]
    [TestCase("-cmd", "'-cmd")]
    [TestCase("@sum", "'@sum")]
    [TestCase("\t=1", "'\t=1")]
    [TestCase(null, "")]
    public void A_cell_is_quoted_where_it_has_to_be(string? text, string cell) => Assert.That(FaultsCsv.Text(text), Is.EqualTo(cell));

    [Test]
    public async Task A_run_that_was_killed_ends_with_the_records_of_one_that_was_not()
    {
        string[] rows = [.. Enumerable.Range(0, 30).Select(static i => IdRow($"{i}", i % 7 == 3 ? $"bad-{i}.png" : $"{new string('x', i + 1)}.png"))];
        using DryRunBench whole = NewBench(rows);
        await whole.RunAsync();
        using DryRunBench bench = NewBench(rows);
        bench.Decoder.Hold($"{new string('x', 21)}.png");
        await bench.RunUntilKilledAsync(() => bench.Decoder.Asked.Contains($"{new string('x', 30)}.png"));

        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Has.Count.LessThan(30));
        Assert.That(Comparable(bench), Is.EqualTo(Comparable(whole)));
    }

    [Test]
    public async Task A_run_that_tries_unsettled_clips_alone_keeps_the_records_of_the_others()
    {
        string[] rows = [Row("a.png", "odd-1.png"), Row("bad.png"), Row("a.png", "b.png"), Row("odd-2.png"), Row("c.png", "c.png")];
        using DryRunBench bench = NewBench(rows);
        await bench.RunAsync();

        bench.Decoder = new ScriptedDecoder { IsOdd = false };
        DryRunSummary summary = await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.EquivalentTo(new[] { "odd-1.png", "odd-2.png" }));
        Assert.That(
            Records(bench).Select(static one => (one.Line, one.Index, one.Clip, one.Width, one.ElapsedSeconds)),
            Is.EqualTo(new (long, int, string, int?, double?)[]
            {
                (1, 0, "a.png", 5, 0.005), (1, 1, "odd-1.png", 9, 0.005), (3, 1, "b.png", 5, 0.005), (4, 0, "odd-2.png", 9, 0.005), (5, 0, "c.png", 5, 0.005),
            }));
        Assert.That((summary.OkCount, summary.RepeatedCount), Is.EqualTo((7L, 2L)));
        Assert.That(DryRunFiles.Clips(bench.Options.OutputFolder) + ".before", Does.Not.Exist);
    }

    [Test]
    public async Task Of_clips_that_the_verdict_store_knows_it_has_the_facts_too()
    {
        using DryRunBench bench = NewBench(Rows);
        foreach (string clip in new[] { "a.png", "bb.png", "bad.png", "ccc.png" })
        {
            string path = Path.Combine(bench.Folder, clip);
            await File.WriteAllTextAsync(path, clip);
            File.SetLastWriteTimeUtc(path, new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        bench.Options = bench.Options with { Verdicts = new VerdictStoreOptions { Folder = Path.Combine(bench.Folder, "store") } };
        await bench.RunAsync();
        string[] first = Comparable(bench);

        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.Empty);
        Assert.That(Comparable(bench), Is.EqualTo(first));
        Assert.That(Records(bench), Has.All.Matches<DecodedClipRecord>(static one => one.ElapsedSeconds is null && one.Width is not null));
    }

    [Test]
    public void Facts_are_found_among_those_of_several_files_and_what_is_gone_is_not()
    {
        string folder = Directory.CreateTempSubdirectory("clipguard-facts-").FullName;
        using var places = new TrackFactsIndex();
        foreach (int number in new[] { 0, 1 })
        {
            string file = Path.Combine(folder, $"facts-{number}.jsonl");
            string line = $"{{\"settings\":\"s\",\"facts\":{{\"codec\":\"c{number}\"}}}}";
            File.WriteAllText(file, new string(' ', 2000 * number) + "\n" + new string('x', 10) + $"\n{line}{new string(' ', 3000 * number)}\n");
            places.Add((UInt128)(ulong)(7 - number), file, (2000 * number) + 12);
        }

        places.Add(9, Path.Combine(folder, "gone.jsonl"), 0);
        places.Freeze();

        Assert.That(new[] { places.Find(7)?.Codec, places.Find(6)?.Codec, places.Find(7)?.Codec }, Is.EqualTo(new[] { "c0", "c1", "c0" }));
        Assert.That(new[] { places.Find(8), places.Find(9) }, Is.All.Null);
        Directory.Delete(folder, recursive: true);
    }

    private static string IdRow(string id, params string[] clips) =>
        Row(clips).Replace("{\"messages\"", $"{{\"id\":{id},\"messages\"", StringComparison.Ordinal);

    private static DryRunBench NewBench(string[] rows)
    {
        var bench = new DryRunBench(rows);
        bench.Options = bench.Options with { Manifest = bench.Options.Manifest with { IdField = "id" } };
        return bench;
    }

    private static DecodedClipRecord[] Records(DryRunBench bench) => [.. DryRunFiles.ReadClips(DryRunFiles.Clips(bench.Options.OutputFolder))];

    private static string[] Comparable(DryRunBench bench) =>
        [.. Records(bench).Select(one => $"{one with { ElapsedSeconds = null, Path = one.Path?.Replace(bench.Folder, ".", StringComparison.Ordinal) }}")];
}
