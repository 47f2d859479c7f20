using ClipGuard.Columnar;
using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Tests.Manifests;

using NUnit.Framework;

using static ClipGuard.Tests.Columnar.ParquetWriting;

namespace ClipGuard.Tests.Columnar;

/// <summary>What every manifest with an index must do, over two files of several row groups each.</summary>
public sealed class ParquetManifestTests : IndexableManifestContract
{
    protected override IIndexableManifest Make()
    {
        WriteFile("train-00000-of-00002.parquet", [["a.png", "b.png", null], ["c.png"]]);
        WriteFile("train-00001-of-00002.parquet", [["[not json", "d.png"], ["e.png", "f.png"], ["\u0000"]]);
        return new ParquetManifest(Path.Combine(Folder, "train-*.parquet"), new ManifestOptions { RootImageDirectory = null });
    }

    protected override void Change() => WriteFile("train-00001-of-00002.parquet", [["[not json", "d.png"], ["e.png", "g.png"], ["\u0000"]]);

    [Test]
    public void Rows_are_numbered_over_all_files_and_stand_in_their_own()
    {
        List<ManifestRow> rows = Make().ReadRowsAsync().ToBlockingEnumerable().ToList();

        Assert.That(rows.Select(row => row.Line), Is.EqualTo(Enumerable.Range(1, 9)));
        Assert.That(rows.Select(row => (Path.GetFileName(row.Location!.Source), row.Location.Line)), Is.EqualTo(
            Enumerable.Range(1, 4).Select(i => ("train-00000-of-00002.parquet", (long)i))
                .Concat(Enumerable.Range(1, 5).Select(i => ("train-00001-of-00002.parquet", (long)i)))));
        Assert.That(((BadRow)rows[4]).Message, Does.StartWith($"found '[not json' in row 1 of {Folder}/train-00001-of-00002.parquet, expected"));
    }

    [Test]
    public async Task The_index_knows_where_groups_begin()
    {
        using IndexedRows rows = await Make().IndexAsync();

        Assert.That(rows.ReadTogether, Is.EqualTo(new long[] { 0, 3, 4, 6, 8 }));
    }

    [Test]
    public async Task A_file_that_has_changed_since_it_was_indexed_is_told()
    {
        using IndexedRows rows = await Make().IndexAsync();
        WriteFile("train-00001-of-00002.parquet", [["one.png"]]);

        Assert.That(() => rows.Read(8), Throws.InstanceOf<ManifestException>().With.Message.Contains("has changed since it was indexed"));
        Assert.That(rows.Read(0), Is.InstanceOf<SampleRow>());
    }

    [Test]
    public async Task Shards_are_row_groups_and_have_each_row_once_with_its_line()
    {
        var manifest = (ParquetManifest)Make();
        string[] whole = [.. manifest.ReadRowsAsync().ToBlockingEnumerable().Select(Describe)];

        foreach (int count in new[] { 1, 2, 3, 7 })
        {
            var rows = new List<string>();
            for (int index = 0; index < count; index++)
            {
                using ManifestShard shard = await ManifestShard.OpenAsync(manifest, new ShardNumber(index, count));
                rows.AddRange(shard.ReadRowsAsync().ToBlockingEnumerable().Select(Describe));
                Assert.That((shard.Extent.Unit, shard.LineCount), Is.EqualTo(("row groups", (long?)null)));
            }

            Assert.That(rows, Is.EqualTo(whole), $"in {count} shards");
        }
    }

    [Test]
    public async Task Rows_that_a_list_names_are_left_out()
    {
        IIndexableManifest manifest = Make();
        string list = Path.Combine(Folder, "excluded.jsonl");
        await File.WriteAllLinesAsync(
            list, ["""{"source":"train-00001-of-00002.parquet","line":2}""", """{"source":"train-00000-of-00002.parquet","line":4}"""]);
        var exclusion = ResolvedExclusions.Of(await ExclusionList.ReadAsync([list]), manifest);
        using IndexedRows rows = await manifest.IndexAsync();

        Assert.That(exclusion.FindRows(rows), Is.EqualTo(new long[] { 3, 5 }));
        Assert.That(new ExcludingManifest(manifest, exclusion).ReadRowsAsync().ToBlockingEnumerable().Select(row => row.Line),
            Is.EqualTo(new[] { 1, 2, 3, 5, 7, 8, 9 }));
    }

    // Rows in the middle of one group, asked for from all sides at once: each is read, whoever passed it.
    [Test]
    public async Task A_large_group_is_read_from_many_threads()
    {
        string path = Path.Combine(Folder, "large.parquet");
        Write(path, [Text("image"), Number("n")], [[Names(20_000), Enumerable.Range(0, 20_000).Select(i => (long?)i).ToArray()]]);
        using IndexedRows rows = await new ParquetManifest(path).IndexAsync();

        int wrong = 0;
        Parallel.For(0, 2_000, i =>
        {
            long row = i * 7_919L % 20_000;
            wrong += rows.Read(row) is SampleRow { Sample.Clips: [var clip] } && clip.AsWritten == $"{row}.png" ? 0 : 1;
        });

        Assert.That(wrong, Is.Zero);
        Assert.That(((SampleRow)rows.Read(19_999)).Sample.TryGetField("n", out var n) && n.GetInt64() == 19_999);

        static string?[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => $"{i}.png")];
    }

    private void WriteFile(string name, string?[][] groups)
    {
        string path = Path.Combine(Folder, name);
        string?[] MessagesOf(string?[] images) => [.. images.Select(image => image is ['[', ..] ? image : """[{"role":"user","content":"look"}]""")];
        Write(path, [Text("image"), Text("messages")], [.. groups.Select(images => new Array[] { images, MessagesOf(images) })]);
    }
}
