using System.Text;
using System.Text.Json;

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

public sealed class JsonArrayTests : IndexableManifestContract
{
    private const string Row = """{"messages":[{"role":"user","content":"a \"],{ b"}],"image":"/a.png"}""";

    private string File => Path.Combine(Folder, "m.json");

    [TestCase("[]", 0)]
    [TestCase(" \r\n[ \n ]\n", 0)]
    [TestCase("[" + Row + "]", 1)]
    [TestCase("\uFEFF\n[" + Row + "," + Row + " ,\r\n\t" + Row + "\n]\n", 3)]
    public void Elements_are_rows_whatever_stands_between_them(string content, int count)
    {
        List<ManifestRow> rows = Read(content);

        Assert.That(rows, Is.All.InstanceOf<SampleRow>());
        Assert.That(rows.Select(row => row.Line), Is.EqualTo(Enumerable.Range(1, count)));
        Assert.That(rows.Cast<SampleRow>().Select(row => Encoding.UTF8.GetString(row.Raw.Span)), Is.All.EqualTo(Row + "\n"));
        Assert.That(rows.Cast<SampleRow>().Select(row => row.Sample.Messages[0].Content), Is.All.EqualTo("<image>a \"],{ b"));
    }

    [Test]
    public void Rows_over_several_lines_are_kept_as_one()
    {
        string indented = $"[{Row},{Row}]".Replace("{\"", "{\n  \"").Replace(",\"", ",\r\n  \"");

        string[] raw = [.. Read(indented).Select(row => Encoding.UTF8.GetString(((SampleRow)row).Raw.Span))];

        Assert.That(raw, Has.Length.EqualTo(2).And.All.EndsWith("}\n"));
        Assert.That(raw.Select(line => line.TrimEnd('\n')), Is.All.Not.Contains("\n"));
        Assert.That(raw.Select(line => JsonElement.DeepEquals(JsonElement.Parse(line), JsonElement.Parse(Row))), Is.All.True);
    }

    [TestCase("[" + Row + ",\n{\"messages\":\n [}, " + Row + "]", 2, 16, "found '}' in the row at byte 72, ", TestName = "no JSON in a line of its own")]
    [TestCase("[" + Row + ", 7, " + Row + "]", 2, 1, "found the number 7 in the row at byte 72, ", TestName = "a number")]
    [TestCase("[" + Row + " " + Row + "]", 1, 71, "found '{' in the row at byte 1, ", TestName = "no comma between rows")]
    [TestCase("[" + Row + ",, " + Row + "]", 2, 1, "found ',' at byte 71, expected a row", TestName = "two commas")]
    [TestCase("[" + Row + ", ]", 2, 1, "found ']' at byte 72, expected a row", TestName = "a comma behind the last row")]
    [TestCase("[" + Row + "}," + Row + "]", 1, 70, "found '}' in the row at byte 1, ", TestName = "a bracket too many")]
    [TestCase("[" + Row + ",\n", 2, 1, "found the end of the file in the row at byte", TestName = "cut off behind a row")]
    [TestCase("[" + Row, 1, 1, "found the end of the file in the row at byte 1, expected ',' or ']'", TestName = "cut off before the bracket")]
    [TestCase("[", 1, 1, "found the end of the file", TestName = "a bracket alone")]
    [TestCase("[" + Row + "]\n7", 2, 1, "found the end of the file in the row at byte", TestName = "more behind the array")]
    public async Task What_is_wrong_is_told_with_its_byte(string content, int line, int column, string message)
    {
        List<ManifestRow> rows = Read(content);

        BadRow bad = rows.OfType<BadRow>().Single();
        Assert.That((bad.Line, bad.Column), Is.EqualTo((line, column)), bad.Message);
        Assert.That(bad.Message, Does.StartWith(message));
        using IndexedRows indexed = await Open().IndexAsync();
        Assert.That(Enumerable.Range(0, (int)indexed.Count).Select(row => Describe(indexed.Read(row))), Is.EqualTo(rows.Select(Describe)));
    }

    [Test]
    public void A_row_over_the_limit_is_bad_and_those_behind_it_are_read()
    {
        List<ManifestRow> rows = Read($"[{Row},{Row.Replace("/a.png", new string('x', 500_000))},{Row}]", 300_000);

        Assert.That(rows.Select(row => row is SampleRow), Is.EqualTo(new[] { true, false, true }));
        Assert.That(((BadRow)rows[1]).Message, Does.StartWith("found a row of 5000").And.Contain("at byte 71, expected at most 300000"));
    }

    // What the whole process holds is counted.
    [Test]
    [NonParallelizable]
    public void A_large_array_is_not_held()
    {
        using (var file = new StreamWriter(File))
        {
            file.Write('[');
            string row = Row.Replace("/a.png", new string('x', 10_000));
            for (int i = 0; i < 5_000; i++)
            {
                file.Write(i == 0 ? row : "," + row);
            }

            file.Write(']');
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        int count = 0;
        foreach (ManifestRow _ in Open().ReadRowsAsync().ToBlockingEnumerable())
        {
            most = count++ % 1_000 == 0 ? Math.Max(most, GC.GetTotalMemory(forceFullCollection: true)) : most;
        }

        Assert.That(count, Is.EqualTo(5_000));
        Assert.That(most - before, Is.LessThan(5_000_000), "the file has 50 MB");
    }

    protected override IIndexableManifest Make()
    {
        string[] rows = [Row, "\n" + Row.Replace("a \\\"", "ä"), "bad", Row + "\r\n", Row.Replace("/a.png", new string('x', 300_000)), Row];
        System.IO.File.WriteAllText(File, "\uFEFF [" + string.Join(",", rows) + "]\n");
        return Open();
    }

    protected override void Change() => System.IO.File.AppendAllText(File, " ");

    private List<ManifestRow> Read(string content, int maxRowBytes = 1_000_000)
    {
        System.IO.File.WriteAllText(File, content);
        return Open(maxRowBytes).ReadRowsAsync().ToBlockingEnumerable().ToList();
    }

    private IIndexableManifest Open(int maxRowBytes = 1_000_000)
    {
        IIndexableManifest manifest = Manifest.Open(File, new ManifestOptions { RootImageDirectory = null, MaxLineBytes = maxRowBytes });
        Assert.That(manifest, Is.InstanceOf<JsonArrayManifest>());
        return manifest;
    }
}
