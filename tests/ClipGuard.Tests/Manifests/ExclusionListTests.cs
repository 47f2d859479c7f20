using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Runs;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;

namespace ClipGuard.Tests.Manifests;

/// <summary>Rows that are left out because a list names them.</summary>
[CancelAfter(30_000)]
internal sealed class ExclusionListTests
{
    private static readonly ManifestOptions Options = new() { RootImageDirectory = null };

    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-exclusion-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    /// <summary>Each kind of manifest, and a row in two of it bad.</summary>
    public static IEnumerable<TestCaseData> Kinds()
    {
        string[] rows = [.. Enumerable.Range(0, 12).Select(i => i == 5 ? "no sample" : Row(i % 2 == 0 ? $"a{i}.png" : $"bad{i}.png"))];
        string lines = string.Concat(rows.Select(static row => row + "\n"));
        yield return Kind("JSON Lines", "m.jsonl", ("m.jsonl", "\n" + lines));
        yield return Kind("a JSON array", "m.json", ("m.json", "[" + string.Join(",\n", rows.Where(static row => row[0] == '{')) + "]"));
        IEnumerable<string> cells = rows.Select(static (_, i) => $"{(i % 2 == 0 ? "a" : "bad")}{i}.png,\"1\n2\"\n");
        yield return Kind("CSV", "m.csv", ("m.csv", "image,note\n" + string.Concat(cells) + "x\n"));
        yield return Kind("files in folders", "*/p.jsonl", ("x/p.jsonl", lines), ("y/p.jsonl", "\n" + lines));
        yield return Kind("a folder", "pictures", ("pictures/x/a.png", "x"), ("pictures/bad1.png", "x"), ("pictures/x/bad2.png", "x"), ("pictures/b.png", "x"));
        yield return Kind(
            "metadata in folders",
            "hf",
            ("hf/train/metadata.jsonl", "{\"file_name\":\"a.png\"}\n{\"file_name\":\"bad.png\"}\n"),
            ("hf/test/metadata.jsonl", "{\"file_name\":\"bad.png\"}\n{\"file_name\":\"../a.png\"}\n"));
        TestCaseData Kind(string kind, string path, params (string Path, string Content)[] files) =>
            new TestCaseData(path, files).SetArgDisplayNames(kind);
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task What_a_dry_run_excludes_is_left_out_of_the_next_one_and_of_an_index(string path, (string Path, string Content)[] files)
    {
        foreach ((string file, string content) in files)
        {
            Write(file, content);
        }

        await CheckAsync(Manifest.Open(Path.Combine(_folder, path), Options));
    }

    [Test]
    public async Task Samples_of_shards_are_left_out_by_their_keys()
    {
        byte[] shard =
        [
            .. RawTar.File("a.png"), .. RawTar.File("b.png"), .. RawTar.File("c.json", "{"), .. RawTar.File("d.png"), .. RawTar.File("a.txt"), .. RawTar.End,
        ];
        File.WriteAllBytes(Path.Combine(_folder, "s-0.tar"), shard);
        File.WriteAllBytes(Path.Combine(_folder, "s-1.tar"), [.. RawTar.File("b.png"), .. RawTar.File("a.json", "["), .. RawTar.End]);

        (string excluded, long[] rows) = await CheckAsync(Manifest.Open(Path.Combine(_folder, "s-{0..1}.tar"), Options));

        Assert.That(excluded.Split('\n'), Has.Length.EqualTo(4), excluded);
        Assert.That(rows, Is.EqualTo(new[] { 2, 4, 6 }));
    }

    [Test]
    public async Task Rows_of_a_blend_are_left_out_wherever_they_come()
    {
        Write("x/m.jsonl", string.Concat(Enumerable.Range(1, 3).Select(static i => Row($"a{i}.png") + "\n")));
        Write("y/m.jsonl", string.Concat(Enumerable.Range(1, 30).Select(static i => Row($"b{i}.png") + "\n")));
        IIndexableManifest[] sources = [.. "xy".Select(name => Manifest.Open(Path.Combine(_folder, $"{name}/m.jsonl"), Options))];
        ExclusionList list = await ListAsync(
            """{"source":"x/m.jsonl","line":2,"clips":[{"clip":"a2.png"}]}""", """{"source":"y/m.jsonl","line":7,"clips":[{"clip":"b7.png"}]}""");
        var indexed = new BlendedManifest(sources.Select(static source => (source, 1.0)), BlendLength.UntilAllAreUsedUp);
        var streamed = new StreamedBlend(sources.Select(static source => ((IManifest)source, 1.0)), BlendLength.UntilAllAreUsedUp);

        using IndexedRows rows = await indexed.IndexAsync();
        long[] excluded = ResolvedExclusions.Of(list, indexed).FindRows(rows);

        Assert.That(excluded, Has.Length.GreaterThan(2));
        Assert.That(
            excluded.Select(row => rows.Read(row)).Select(static row => (Path.GetFileName(Path.GetDirectoryName(row.Origin)), row.Line)).Distinct(),
            Is.EquivalentTo(new[] { ("x", 2L), ("y", 7L) }));
        Assert.That(
            new ExcludingManifest(streamed, ResolvedExclusions.Of(list, streamed)).ReadRowsAsync().ToBlockingEnumerable()
                .Select(static row => (Path.GetFileName(Path.GetDirectoryName(row.Origin)), row.Line)),
            Has.No.Member(("x", 2L)).And.No.Member(("y", 7L)).And.Member(("y", 2L)).And.Member(("x", 3L)));
    }

    // An index of somebody else's, of rows of several files, knows of no lists.
    [Test]
    public async Task Rows_of_any_index_are_found_by_where_they_stand([Values] bool knowsPlaces)
    {
        ExclusionList list = await ListAsync("""{"source":"a","line":2}""", """{"source":"b","line":1}""");
        using var rows = new LocatedRows([new("/d/a", 1), new("/d/a", 2), new("/d/b", 1), new("/d/b", 2)], knowsPlaces);

        Assert.That(ResolvedExclusions.Of(list, new Sources("/d/a", "/d/b")).FindRows(rows), Is.EqualTo(new[] { 1, 2 }));
    }

    [TestCase("m.jsonl", "/a/m.jsonl", "/a/m.jsonl")]
    [TestCase("old/m.jsonl", "/mnt/old/m.jsonl /mnt/new/m.jsonl", "/mnt/old/m.jsonl")]
    [TestCase("m.jsonl", "/a/m.jsonl /a/b/m.jsonl", "/a/m.jsonl")]
    [TestCase("/a/b/m.jsonl", "/a/m.jsonl /a/b/m.jsonl", "/a/b/m.jsonl")]
    [TestCase("s-0.tar", "s3://bucket/k/s-0.tar s3://bucket/k/s-1.tar", "s3://bucket/k/s-0.tar")]
    [TestCase("-", "/dev/stdin", "/dev/stdin")]
    public async Task A_source_is_found_where_its_path_ends_with_the_name(string name, string sources, string found)
    {
        ExclusionList list = await ListAsync($$"""{"source":"{{name}}","line":1}""");
        var exclusion = ResolvedExclusions.Of(list, new Sources(sources.Split(' ')));

        Assert.That(sources.Split(' ').Where(source => exclusion.In(source) is not null), Is.EqualTo(new[] { found }));
    }

    [TestCase("m.jsonl", "/a/x/m.jsonl /a/y/m.jsonl", "names the source m.jsonl, which may be /a/x/m.jsonl or /a/y/m.jsonl in all")]
    [TestCase("n.jsonl", "/a/m.jsonl", "names 1 rows to be left out, none of them in a source of all: it has n.jsonl, and the manifest m.jsonl")]
    [TestCase("x.jsonl", "/a/xx.jsonl", "none of them in a source of all")]
    [TestCase("-", "/a/m.jsonl", "it has -, and the manifest m.jsonl. Its rows came from standard input")]
    [TestCase("m.jsonl", "/dev/stdin", "it has m.jsonl, and the manifest -")]
    public async Task A_list_of_another_manifest_is_refused(string name, string sources, string message)
    {
        ExclusionList list = await ListAsync($$"""{"source":"{{name}}","line":1}""");

        Assert.That(() => list.FindAbsent(new Sources(sources.Split(' '))), Throws.InstanceOf<ManifestException>().With.Message.Contains(message));
    }

    [Test]
    public async Task Sources_that_are_not_there_are_told_with_their_rows()
    {
        ExclusionList list = await ListAsync(
            """{"source":"a.jsonl","line":1}""", """{"source":"b.jsonl","line":1}""", """{"source":"b.jsonl","line":2}""", """{"source":"c.tar","key":"x"}""");

        IReadOnlyList<string> absent = list.FindAbsent(new Sources("/d/a.jsonl"));

        Assert.That(absent.Single(), Does.StartWith("3 of the 4 rows that ").And.Contains("are in 2 sources that are not in all (b.jsonl, c.tar)"));
        Assert.That(list.FindAbsent(new Sources("/d/a.jsonl", "/d/b.jsonl", "/d/c.tar")), Is.Empty);
    }

    // Behind an inserted line every name would mean the row before the one that was bad.
    [Test]
    public async Task A_list_of_another_version_of_a_file_is_refused()
    {
        Write("m.jsonl", Row("a.png") + "\n" + Row("b.png") + "\n" + Row("bad.png") + "\n");
        IIndexableManifest manifest = Manifest.Open(Path.Combine(_folder, "m.jsonl"), Options);
        ExclusionList list = await ListAsync("""{"source":"m.jsonl","line":2,"clips":[{"clip":"bad.png","kind":"image","fault":"Corrupt"}]}""");
        var exclusion = ResolvedExclusions.Of(list, manifest);
        using IndexedRows rows = await manifest.IndexAsync();

        Assert.That(
            () => exclusion.FindRows(rows), Throws.InstanceOf<ManifestException>().With.Message.Contains("Line 2 of").And.Message.Contains("has b.png"));
        Assert.That(
            () => new ExcludingManifest(manifest, exclusion).ReadRowsAsync().ToBlockingEnumerable().Count(), Throws.InstanceOf<ManifestException>());
    }

    [TestCase("""{"line":7}""", "it has no 'source'")]
    [TestCase("""{"source":"a"}""", "neither a 'line' nor a 'key'")]
    [TestCase("""{"source":"a","line":0}""", "neither a 'line' nor a 'key'")]
    [TestCase("""{"source":"a","line":"7"}""", "Line 2 of")]
    [TestCase("""["a",7]""", "it is no object")]
    [TestCase("""{"source":"a","line":7""", "Line 2 of")]
    [TestCase("a.jsonl 7", "is not a row that is left out, as {\"source\":\"a.jsonl\",\"line\":7}")]
    public void A_line_that_names_no_row_is_refused(string line, string message) => Assert.That(
        async () => await ListAsync("""{"source":"a","line":1,"more":[{"clip":1}],"clips":[]}""", line),
        Throws.InstanceOf<ManifestException>().With.Message.Contains(message));

    [Test]
    public void A_file_that_is_not_there_is_refused() =>
        Assert.That(async () => await ExclusionList.ReadAsync([Path.Combine(_folder, "none")]), Throws.InstanceOf<ManifestException>());

    [Test]
    public async Task Lists_of_the_same_rows_are_the_same_whatever_their_order_and_their_files()
    {
        string[] rows = ["""{"source":"a","line":3}""", """{"source":"a","line":1,"fault":"x"}""", """{"source":"t","key":"k"}"""];
        ExclusionList whole = await ListAsync(rows);
        string first = Write("first", rows[2] + "\n" + rows[0]);
        string second = Write("second", rows[1] + "\n" + rows[0] + "\n");
        ExclusionList parts = await ExclusionList.ReadAsync([first, second]);
        ExclusionList fewer = await ListAsync(rows[..2]);

        Assert.That((parts.Count, parts.Fingerprint), Is.EqualTo((3L, whole.Fingerprint)));
        Assert.That(fewer.Fingerprint, Is.Not.EqualTo(whole.Fingerprint));
    }

    [Test]
    public async Task A_dry_run_goes_on_with_the_same_list_only_and_counts_what_it_left_out()
    {
        using var bench = new DryRunBench([.. Enumerable.Range(1, 9).Select(static i => Row($"bad{i}.png"))]);
        string[] named = [.. new[] { 2, 3, 8 }.Select(static i => $$$"""{"source":"manifest.jsonl","line":{{{i}}},"clips":[{"clip":"bad{{{i}}}.png"}]}""")];
        bench.Options = bench.Options with { Excluded = await ListAsync([.. named, """{"source":"manifest.jsonl","line":10}"""]) };
        bench.Decoder.Hold("bad6.png");
        await bench.RunUntilAsync(() => bench.Decoder.Asked.Contains("bad7.png"));

        bench.Decoder = new();
        DryRunOptions same = bench.Options;
        bench.Options = same with { Excluded = await ListAsync(named) };
        Assert.That(async () => await bench.RunAsync(), Throws.InstanceOf<OutputException>().With.Message.Contains("exclude was"));
        bench.Options = same with { Excluded = null };
        Assert.That(async () => await bench.RunAsync(), Throws.InstanceOf<OutputException>().With.Message.Contains("exclude was"));
        bench.Options = same;
        DryRunSummary summary = await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Has.Member("bad6.png").And.No.Member("bad1.png").And.No.Member("bad8.png"));
        Assert.That(bench.Faults().Select(static fault => fault.Line), Is.EqualTo(new[] { 1, 4, 5, 6, 7, 9 }));
        Assert.That((summary.SampleCount, summary.LeftOutCount, summary.NotFoundCount), Is.EqualTo((6L, 3L, 1L)));
    }

    [Test]
    public async Task Parts_of_a_file_leave_out_rows_by_the_lines_of_the_whole([Values(1, 2, 3)] int count)
    {
        string path = Write("m.jsonl", "\n" + string.Concat(Enumerable.Range(1, 20).Select(static i => Row($"a{i}.png") + "\n")));
        ExclusionList list = await ListAsync(
            """{"source":"m.jsonl","line":6,"clips":[{"clip":"a5.png"}]}""", """{"source":"m.jsonl","line":16,"clips":[{"clip":"a15.png"}]}""");
        var sums = new List<(long Samples, long LeftOut, long NotFound)>();
        for (int part = 0; part < count; part++)
        {
            using ManifestShard shard = await ManifestShard.OpenAsync(Manifest.Open(path, Options), new ShardNumber(part, count));
            DryRunSummary summary = await RunAsync(shard, $"part-{part}", list);
            sums.Add((summary.SampleCount, summary.LeftOutCount, summary.NotFoundCount));
        }

        Assert.That(
            (sums.Sum(static part => part.Samples), sums.Sum(static part => part.LeftOut), sums.Sum(static part => part.NotFound)), Is.EqualTo((18, 2, 0)));
    }

    // A dry run names rows; a second one without them finds no fault, and an index leaves out the same.
    private async Task<(string Excluded, long[] Rows)> CheckAsync(IIndexableManifest manifest)
    {
        DryRunSummary whole = await RunAsync(manifest, "out", null);
        string excluded = DryRunFiles.Excluded(Path.Combine(_folder, "out"));
        ExclusionList list = await ExclusionList.ReadAsync([excluded]);
        DryRunSummary left = await RunAsync(manifest, "left", list);
        using IndexedRows rows = await manifest.IndexAsync();
        long[] byNumber = ResolvedExclusions.Of(list, manifest).FindRows(rows);

        Assert.That(whole.CleanSampleCount, Is.GreaterThan(0).And.LessThan(rows.Count));
        Assert.That(list.Count, Is.EqualTo(rows.Count - whole.CleanSampleCount));
        Assert.That((left.SampleCount, left.CleanSampleCount, left.Faults.Values.Sum()), Is.EqualTo((whole.CleanSampleCount, whole.CleanSampleCount, 0L)));
        Assert.That((left.LeftOutCount, left.NotFoundCount), Is.EqualTo((list.Count, 0L)));
        Assert.That(byNumber, Has.Length.EqualTo(list.Count));
        Assert.That(
            Enumerable.Range(0, (int)rows.Count).Where(row => !byNumber.Contains(row)).Select(row => rows.Read(row).Line),
            Is.EqualTo(new ExcludingManifest(manifest, ResolvedExclusions.Of(list, manifest)).ReadRowsAsync().ToBlockingEnumerable().Select(row => row.Line)));
        return (await File.ReadAllTextAsync(excluded), byNumber);
    }

    private Task<DryRunSummary> RunAsync(IManifest manifest, string output, ExclusionList? list)
    {
        var options = new DryRunOptions
        {
            OutputFolder = Path.Combine(_folder, output),
            Guard = new() { Workers = 2 },
            Manifest = Options,
            Excluded = list,
        };
        return new DryRun(manifest, new ScriptedDecoder(), options).RunAsync();
    }

    private async Task<ExclusionList> ListAsync(params string[] rows) =>
        await ExclusionList.ReadAsync([Write("list", string.Join('\n', rows))]);

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    private sealed class LocatedRows(RowLocation[] places, bool knowsPlaces) : IndexedRows
    {
        public override long Count => places.Length;

        public override string Fingerprint => string.Empty;

        public override ManifestRow Read(long row) => new BadRow(row + 1, 1, "a", "b") { Location = places[row] };

        public override long FindLine(long line) => line - 1;

        protected internal override RowLocation? LocationOf(long row) => knowsPlaces ? places[row] : null;
    }

    private sealed class Sources(params string[] sources) : IManifest
    {
        public string Name => "all";

        IReadOnlyList<string> IManifest.Sources => sources;

        public IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default) => throw new NotSupportedException();
    }
}
