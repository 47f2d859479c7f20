using ClipGuard.DryRuns;
using ClipGuard.Manifests;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;

namespace ClipGuard.Tests.DryRuns;

/// <summary>The list of the rows that are not clean, by which manifests of every kind are left out of training.</summary>
[CancelAfter(30_000)]
internal sealed class ExcludedRowBuilderTests
{
    private static readonly string[] Rows =
        [Row("a.png"), Row("bad1.png"), "no sample", Row("b.png", "bad2", "odd"), Row("c.png"), string.Empty, Row("gone.png")];

    private DryRunBench _bench = null!;

    [SetUp]
    public void MakeBench() => _bench = new DryRunBench(Rows);

    [TearDown]
    public void RemoveBench() => _bench.Dispose();

    private string Excluded => File.ReadAllText(_bench.ExcludedPath);

    [Test]
    public async Task It_has_every_row_that_is_not_clean_with_the_clips_that_gave_no_data()
    {
        await _bench.RunAsync();

        Assert.That(Excluded, Is.EqualTo(
            """
            {"source":"manifest.jsonl","line":2,"clips":[{"clip":"bad1.png","kind":"image","fault":"Corrupt"}]}
            {"source":"manifest.jsonl","line":3,"fault":"BadManifestLine"}
            {"source":"manifest.jsonl","line":4,"clips":[{"clip":"bad2","kind":"image","fault":"Corrupt"},{"clip":"odd","kind":"image","unsettled":"Starved"}]}
            {"source":"manifest.jsonl","line":7,"clips":[{"clip":"gone.png","kind":"image","fault":"Missing"}]}

            """));
    }

    [Test]
    public async Task It_bears_its_name_once_it_is_whole_and_a_run_that_goes_on_makes_the_same()
    {
        _bench.Decoder.Hold("c.png");
        string partial = _bench.ExcludedPath + ".partial";
        await _bench.RunUntilKilledAsync(() => File.Exists(partial) && File.ReadAllText(partial).Contains("BadManifestLine", StringComparison.Ordinal));
        Assert.That(_bench.ExcludedPath, Does.Not.Exist);
        await File.AppendAllTextAsync(partial, "{\"half\":");
        _bench.Decoder = new();
        await _bench.RunAsync();
        string resumed = Excluded;
        _bench.Options = _bench.Options with { Fresh = true };
        await _bench.RunAsync();

        Assert.That(resumed, Is.EqualTo(Excluded));
        Assert.That(partial, Does.Not.Exist);
    }

    [Test]
    public async Task What_the_next_run_settles_is_settled_in_it()
    {
        await _bench.RunAsync();
        Assert.That(Excluded, Does.Contain("unsettled"));

        _bench.Decoder = new() { IsOdd = false };
        await _bench.RunAsync();

        Assert.That(_bench.Decoder.Asked, Is.EqualTo(new[] { "odd" }));
        string settled = """{"source":"manifest.jsonl","line":4,"clips":[{"clip":"bad2","kind":"image","fault":"Corrupt"}]}""";
        Assert.That(Excluded, Does.Not.Contain("odd").And.Contains(settled));
        Assert.That(Excluded.Split('\n'), Has.Length.EqualTo(5));
    }

    [Test]
    public async Task Rows_of_a_table_are_named_by_the_lines_at_which_they_begin()
    {
        string path = await WriteAsync("m.csv", "image,note\r\na.png,\"two\nlines\"\r\nbad.png,\r\n");

        await RunAsync(path);

        Assert.That(Excluded, Is.EqualTo("""{"source":"m.csv","line":4,"clips":[{"clip":"bad.png","kind":"image","fault":"Corrupt"}]}""" + "\n"));
    }

    [Test]
    public async Task Rows_of_several_files_are_named_by_their_own_lines()
    {
        await WriteAsync("parts/x/p.jsonl", Row("a.png") + "\n" + Row("bad.png") + "\n");
        await WriteAsync("parts/y/p.jsonl", "\n" + Row("bad.png") + "\n");

        await RunAsync(Path.Combine(_bench.Folder, "parts", "*", "p.jsonl"));

        Assert.That(Excluded, Is.EqualTo(
            """
            {"source":"x/p.jsonl","line":2,"clips":[{"clip":"bad.png","kind":"image","fault":"Corrupt"}]}
            {"source":"y/p.jsonl","line":2,"clips":[{"clip":"bad.png","kind":"image","fault":"Corrupt"}]}

            """));
        Assert.That(_bench.Faults().Select(fault => fault.Line), Is.EqualTo(new[] { 2, 3 }), "the line over all files");
    }

    [TestCase("/d/a.jsonl", "a.jsonl")]
    [TestCase("/d/x/a.jsonl /d/x/b.jsonl", "a.jsonl b.jsonl")]
    [TestCase("/d/x/a.jsonl /d/y/a.jsonl", "x/a.jsonl y/a.jsonl")]
    [TestCase("/d/xa/a.jsonl /d/xb/a.jsonl", "xa/a.jsonl xb/a.jsonl")]
    [TestCase("/a.jsonl /d/a.jsonl", "a.jsonl d/a.jsonl")]
    [TestCase("s3://b/k/a.tar s3://b/k/b.tar", "a.tar b.tar")]
    [TestCase("s3://b/k/a.tar /d/b.tar", "s3://b/k/a.tar /d/b.tar")]
    [TestCase("/dev/stdin", "-")]
    public void A_source_has_its_path_from_the_folder_that_holds_them_all(string sources, string names)
    {
        string[] paths = sources.Split(' ');
        var named = SourceNames.Of(new Named(paths));

        Assert.That(string.Join(' ', paths.Select(named.NameOf)), Is.EqualTo(names));
    }

    [Test]
    public async Task Files_of_a_folder_are_named_by_their_paths_in_it()
    {
        await WriteAsync("pictures/x/a.png", string.Empty);
        await WriteAsync("pictures/x/bad.png", string.Empty);

        await RunAsync(Path.Combine(_bench.Folder, "pictures"));

        Assert.That(Excluded, Is.EqualTo("""{"source":"pictures","key":"x/bad.png","clips":[{"clip":"x/bad.png","kind":"image","fault":"Corrupt"}]}""" + "\n"));
    }

    // A key that comes again names two samples, of which the first may be good.
    [Test]
    public async Task Samples_of_shards_are_named_by_their_keys_and_by_their_numbers_where_the_keys_are_not_their_own()
    {
        byte[] shard =
        [
            .. RawTar.File("k/a.png"), .. RawTar.File("k/b.json", "{"), .. RawTar.File("k/c.png"), .. RawTar.File("k/a.txt", "x"), .. RawTar.End,
        ];
        await File.WriteAllBytesAsync(Path.Combine(_bench.Folder, "s-0.tar"), shard);
        await File.WriteAllBytesAsync(Path.Combine(_bench.Folder, "s-1.tar"), [.. RawTar.File("d.json", "{"), .. RawTar.Header("x", 512)]);

        await RunAsync(Path.Combine(_bench.Folder, "s-{0..1}.tar"));

        Assert.That(Excluded, Is.EqualTo(
            """
            {"source":"s-0.tar","key":"k/b","fault":"BadManifestLine"}
            {"source":"s-0.tar","line":4,"fault":"BadManifestLine"}
            {"source":"s-1.tar","key":"d","fault":"BadManifestLine"}
            {"source":"s-1.tar","line":2,"fault":"BadManifestLine"}

            """));
    }

    [Test]
    public async Task A_row_read_by_its_place_stands_where_it_stands_when_it_is_read_in_order()
    {
        byte[] shard = [.. RawTar.File("a.png"), .. RawTar.File("b.png"), .. RawTar.File("a.txt", "x"), .. RawTar.End];
        await File.WriteAllBytesAsync(Path.Combine(_bench.Folder, "s-0.tar"), shard);
        await File.WriteAllBytesAsync(Path.Combine(_bench.Folder, "s-1.tar"), shard);
        await WriteAsync("pictures/x.png", string.Empty);
        await WriteAsync("p-0.jsonl", Row("a.png") + "\n");
        await WriteAsync("p-1.jsonl", "\n" + Row("a.png") + "\n");
        IIndexableManifest[] manifests =
        [
            Manifest.Open(Path.Combine(_bench.Folder, "s-*.tar")),
            Manifest.Open(Path.Combine(_bench.Folder, "pictures")),
            Manifest.Open(Path.Combine(_bench.Folder, "p-*.jsonl")),
        ];
        foreach (IIndexableManifest manifest in manifests.Append(new BlendedManifest(manifests.Select(static part => (part, 1.0)))))
        {
            using IndexedRows rows = await manifest.IndexAsync();
            RowLocation?[] byLocation = [.. Enumerable.Range(0, (int)rows.Count).Select(row => rows.Read(row).Location)];

            Assert.That(byLocation, Has.None.Null);
            Assert.That(byLocation, Is.EqualTo(manifest.ReadRowsAsync().ToBlockingEnumerable().Select(static row => row.Location)));
            Assert.That(manifest.Sources, Is.SupersetOf(byLocation.Select(static place => place!.Source).Distinct()));
        }
    }

    private Task<DryRunSummary> RunAsync(string path) => new DryRun(Manifest.Open(path, _bench.Options.Manifest), _bench.Decoder, _bench.Options).RunAsync();

    private async Task<string> WriteAsync(string name, string content)
    {
        string path = Path.Combine(_bench.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, content);
        return path;
    }

    private sealed class Named(string[] sources) : IManifest
    {
        public string Name => "all";

        public IReadOnlyList<string> Sources => sources;

        public IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default) => throw new NotSupportedException();
    }
}
