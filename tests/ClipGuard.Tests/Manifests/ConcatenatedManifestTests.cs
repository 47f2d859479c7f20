using System.Text;

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

public sealed class ConcatenatedManifestTests : IndexableManifestContract
{
    private const string Row = """{"messages":[{"role":"user","content":"hello"}]}""";

    [Test]
    public async Task Several_names_are_one_manifest()
    {
        using var file = new ManifestFile(string.Empty);
        string Write(string name, string content)
        {
            string path = file.Touch(name);
            File.WriteAllText(path, content);
            return path;
        }

        string row = """{"messages":[{"role":"user","content":"q"}]}""" + "\n";
        string[] paths = [Write("a.jsonl", row), Path.Combine(file.Folder, "p-*.jsonl"), Write("x/c.jsonl", "no json\n")];
        Write("p-0.jsonl", row);
        Write("p-1.jsonl", "\nno json\n");

        IIndexableManifest all = Manifest.OpenAll(paths);
        List<ManifestRow> rows = all.ReadRowsAsync().ToBlockingEnumerable().ToList();
        using IndexedRows index = await all.IndexAsync();

        Assert.That(rows.Select(static row => row.Line), Is.EqualTo(new[] { 1, 2, 3, 4 }));
        Assert.That(((BadRow)rows[2]).Message, Does.Contain($"in line 2 of {file.Folder}/p-1.jsonl").And.Not.Contains("p-*"));
        Assert.That(all.Sources.Select(Path.GetFileName), Is.EqualTo(new[] { "a.jsonl", "p-0.jsonl", "p-1.jsonl", "c.jsonl" }));
        Assert.That(index.Count, Is.EqualTo(4));
        Assert.That(Manifest.OpenAll(paths[..1]), Is.InstanceOf<JsonLinesManifest>());
        Assert.That(Manifest.OpenAll([paths[0], Path.Combine(file.Folder, "p-0.jsonl")]).Name, Is.EqualTo($"{file.Folder}/{{a.jsonl,p-0.jsonl}}"));
        Assert.That(Manifest.Open(Manifest.OpenAll([paths[0], Path.Combine(file.Folder, "p-0.jsonl")]).Name).Sources, Has.Count.EqualTo(2));
    }

    [Test]
    public void Rows_are_numbered_over_all_and_bad_ones_tell_their_own_line()
    {
        ManifestRow[] rows = [.. Make().ReadRowsAsync().ToBlockingEnumerable()];

        Assert.That(rows.Select(row => row.Line), Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That(((BadRow)rows[3]).Message, Does.Contain($"in line 3 of {Path.Combine(Folder, "part-2.jsonl")}, expected"));
        Assert.That(((SampleRow)rows[5]).Sample.Messages[0].Content, Is.EqualTo("last"));
    }

    [Test]
    public void Rows_are_whole_lines_also_where_their_file_ends_without_a_line_feed()
    {
        File.WriteAllText(Path.Combine(Folder, "a-1.jsonl"), Row);
        File.WriteAllText(Path.Combine(Folder, "a-2.jsonl"), Row);

        IEnumerable<SampleRow> rows = Manifest.Open(Path.Combine(Folder, "a-*")).ReadRowsAsync().ToBlockingEnumerable().Cast<SampleRow>();

        Assert.That(rows.Select(row => Encoding.UTF8.GetString(row.Raw.Span)), Is.EqualTo(new[] { Row + "\n", Row + "\n" }));
    }

    [Test]
    public async Task Rows_are_found_by_their_line()
    {
        using IndexedRows rows = await Make().IndexAsync();

        Assert.That(new long[] { 0, 1, 6, 7 }.Select(rows.FindLine), Is.EqualTo(new long[] { -1, 0, 5, -1 }));
    }

    [TestCase("part-*.jsonl", "part-0.jsonl part-1.jsonl part-2.jsonl part-3.jsonl")]
    [TestCase("part-?.js*", "part-0.jsonl part-1.jsonl part-2.jsonl part-3.jsonl part-4.json")]
    [TestCase("part-{3,[0]*,1}.jsonl", null)]
    [TestCase("{part-3,*-1}.jsonl", "part-3.jsonl part-1.jsonl")]
    [TestCase("s?b/part-*", "sub/part-1.jsonl")]
    [TestCase("*-none.jsonl", null)]
    public void Wildcards_stand_for_files_that_are_there(string pattern, string? names)
    {
        Make();
        Directory.CreateDirectory(Path.Combine(Folder, "sub"));
        File.WriteAllText(Path.Combine(Folder, "sub/part-1.jsonl"), Row);
        File.WriteAllText(Path.Combine(Folder, ".part-5.jsonl"), Row);
        string path = Path.GetFullPath(Path.Combine(Folder, pattern));

        if (names is null)
        {
            Assert.That(() => Expand(path), Throws.InstanceOf<ManifestException>().With.Message.StartsWith("No file matches"));
            Assert.That(Manifest.FindObstacle(path), Does.StartWith("No file matches"));
        }
        else
        {
            Assert.That(string.Join(' ', Expand(path).Select(file => Path.GetRelativePath(Folder, file))), Is.EqualTo(names));
            Assert.That(Manifest.FindObstacle(path), Is.Null);
        }
    }

    [Test]
    public void A_file_whose_name_has_a_wildcard_is_itself()
    {
        string path = Path.Combine(Folder, "a*.jsonl");
        File.WriteAllText(path, Row);
        File.WriteAllText(Path.Combine(Folder, "ab.jsonl"), Row);

        Assert.That(Manifest.Open(path).ReadRowsAsync().ToBlockingEnumerable().Count(), Is.EqualTo(1));
    }

    [Test]
    public void What_it_is_is_told_in_words()
    {
        Make();

        Assert.That(Manifest.Open(Path.Combine(Folder, "part-*")).Kind, Is.EqualTo("5 manifests one after the other, JSON Lines and a JSON array"));
    }

    protected override IIndexableManifest Make()
    {
        string array = $"[{Row},\n{Row.Replace("hello", "last")}]";
        string[] parts = [string.Empty, Row + "\n" + Row.Replace("hello", "ä") + "\n", Row + "\n\nbad", string.Empty, array];
        for (int part = 0; part < parts.Length; part++)
        {
            File.WriteAllText(Path.Combine(Folder, $"part-{part}.json{(part == 4 ? string.Empty : "l")}"), parts[part], new UTF8Encoding(false));
        }

        return Manifest.Open(Path.Combine(Folder, "part-*"), new ManifestOptions { RootImageDirectory = null });
    }

    protected override void Change() => File.AppendAllText(Path.Combine(Folder, "part-1.jsonl"), " ");

    private static IReadOnlyList<string> Expand(string path) => PathPattern.Expand(path, new ManifestFiles(new ManifestOptions()));
}
