using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

public sealed class JsonLinesIndexTests : IndexableManifestContract
{
    private const string Row = """{"messages":[{"role":"user","content":"hello"}],"image":"/a.png"}""";

    private string File => Path.Combine(Folder, "m.jsonl");

    protected override IIndexableManifest Make()
    {
        string[] lines =
        [
            "\uFEFF" + Row, "", Row.Replace("hello", "ä"), "bad", Row + "\r", Row.Replace("hello", new string('x', 300_000)), new string('y', 2_000_000), Row,
        ];
        System.IO.File.WriteAllText(File, string.Join('\n', lines));
        return new JsonLinesManifest(File, new ManifestOptions { RootImageDirectory = null, MaxLineBytes = 1_000_000 });
    }

    protected override void Change() => System.IO.File.AppendAllText(File, " ");

    [Test]
    public async Task Rows_are_found_by_their_line()
    {
        using IndexedRows rows = await Make().IndexAsync();

        Assert.That(new long[] { 0, 1, 2, 3, 4, 5, 8, 9 }.Select(rows.FindLine), Is.EqualTo(new long[] { -1, 0, -1, 1, 2, 3, 6, -1 }));
    }

    [Test]
    public async Task A_file_cut_off_after_it_was_indexed_is_said_to_have_changed()
    {
        using IndexedRows rows = await Make().IndexAsync();
        System.IO.File.WriteAllText(File, Row);

        Assert.That(() => rows.Read(rows.Count - 1), Throws.InstanceOf<ManifestException>().With.Message.Contains("has changed"));
    }

    // What the whole process holds is counted.
    [Test]
    [NonParallelizable]
    public async Task A_million_rows_take_two_bytes_each()
    {
        await using (var file = new StreamWriter(File))
        {
            for (int i = 0; i < 1_000_000; i++)
            {
                file.Write("{}\n");
            }
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        using IndexedRows rows = await new JsonLinesManifest(File).IndexAsync();
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.That(rows.Count, Is.EqualTo(1_000_000));
        Assert.That(held, Is.LessThan(2_500_000));
    }
}
