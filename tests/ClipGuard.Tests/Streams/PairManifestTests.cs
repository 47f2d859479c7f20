using System.Text;

using ClipGuard.Manifests;
using ClipGuard.Streams.Comparing;

using NUnit.Framework;

namespace ClipGuard.Tests.Streams;

/// <summary>Pairs of clips from manifests of every kind that has columns.</summary>
[CancelAfter(30_000)]
internal sealed class PairManifestTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-pairs-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    // What else a row has is nobody's business: no messages, no clips, not even text.
    [TestCase("p.jsonl", """{"id":1,"reference":"a.mkv","distorted":"b.mkv","images":7,"messages":"x","\ud800":0}""")]
    [TestCase("p.json", """[{"id":1,"reference":"a.mkv","distorted":"b.mkv"}]""")]
    [TestCase("p.csv", "id,reference,distorted,images\n1,a.mkv,b.mkv,x.png\n")]
    [TestCase("p.tsv", "id\treference\tdistorted\n1\ta.mkv\tb.mkv\n")]
    [TestCase("p.csv", "reference;distorted\na.mkv;b.mkv\n")]
    public async Task A_pair_is_read(string name, string content)
    {
        PairRow row = (await ReadAsync(Write(name, content))).Single();

        Assert.That((row.Complaint, row.Reference, row.Distorted), Is.EqualTo((null as string, PathOf("a.mkv"), PathOf("b.mkv"))));
        Assert.That(Encoding.UTF8.GetString(row.Raw), Does.StartWith("{").And.Contains("\"reference\":\"a.mkv\""));
    }

    [Test]
    public async Task Files_of_a_pattern_name_clips_beside_them_and_rows_by_their_number()
    {
        Write("x/p.jsonl", """{"reference":"a.mkv","distorted":"b.mkv"}""" + "\n\n");
        Write("y/p.jsonl", """{"reference":"a.mkv","distorted":"b.mkv"}""" + "\n{\"reference\":\"a.mkv\"}\nno json\n");

        List<PairRow> rows = await ReadAsync(Path.Combine(_folder, "*/p.jsonl"));

        Assert.That(
            rows.Select(static row => (row.Line, row.Reference)),
            Is.EqualTo(new[] { (1L, PathOf("x/a.mkv")), (2L, PathOf("y/a.mkv")), (3L, string.Empty), (4L, string.Empty) }));
        Assert.That(rows[2].Complaint, Is.EqualTo("found no path in 'distorted', expected one"));
        Assert.That(rows[3].Complaint, Does.Contain("in line 3 of"));
    }

    [Test]
    public async Task Rows_that_a_list_names_are_left_out()
    {
        string manifest = Write("p.jsonl", """{"reference":"a.mkv","distorted":"b.mkv"}""" + "\n" + """{"reference":"c.mkv","distorted":"d.mkv"}""" + "\n");
        string list = Write("list", """{"source":"p.jsonl","line":1,"clips":[{"clip":"a.mkv"}]}""");

        Assert.That((await ReadAsync(manifest, await ExclusionList.ReadAsync([list]))).Select(static row => row.Line), Is.EqualTo(new[] { 2 }));
    }

    [TestCase("pictures")]
    [TestCase("s.tar")]
    public void What_has_no_columns_is_refused(string name)
    {
        Directory.CreateDirectory(PathOf("pictures"));
        File.WriteAllBytes(PathOf("s.tar"), RawTar.End);

        Assert.That(async () => await ReadAsync(PathOf(name)), Throws.InstanceOf<ManifestException>().With.Message.Contains("whose rows name no pairs"));
    }

    [Test]
    public void A_table_without_a_column_is_refused() => Assert.That(
        async () => await ReadAsync(Write("p.csv", "reference,image\na,b\n")),
        Throws.InstanceOf<ManifestException>().With.Message.Contains("has no column 'distorted'"));

    private static async Task<List<PairRow>> ReadAsync(string path, ExclusionList? list = null)
    {
        var rows = new List<PairRow>();
        var options = new ManifestComparisonOptions
        {
            ManifestPath = path,
            OutputFolder = Path.GetTempPath(),
            Manifest = new ManifestOptions { RootImageDirectory = null, Root = null },
            Excluded = list,
        };
        await foreach (PairRow row in new PairManifest(options).ReadAsync(CancellationToken.None))
        {
            rows.Add(row);
        }

        return rows;
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private string Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), content);
        return PathOf(name);
    }
}
