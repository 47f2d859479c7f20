using System.Text;

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

[CancelAfter(30_000)]
public sealed class JsonLinesReadingTests
{
    private const string Row = """{"messages":[{"role":"user","content":"hello"}]}""";

    [TestCase("", new long[0])]
    [TestCase("\n\n  \r\n\t\n", new long[0])]
    [TestCase(Row, new long[] { 1 })]
    [TestCase(Row + "\n", new long[] { 1 })]
    [TestCase(Row + "\r\n" + Row + "\r\n", new long[] { 1, 2 })]
    [TestCase("\n" + Row + "\n \n" + Row, new long[] { 2, 4 })]
    [TestCase("  " + Row + "  \n", new long[] { 1 })]
    public void Lines_are_numbered_from_one_and_empty_ones_count(string content, long[] lines)
    {
        List<ManifestRow> rows = ManifestFile.Read(content);

        Assert.That(rows, Is.All.InstanceOf<SampleRow>());
        Assert.That(rows.Select(row => row.Line), Is.EqualTo(lines));
    }

    [TestCase("\n")]
    [TestCase("\r\n")]
    public void Raw_bytes_of_good_rows_are_the_files_own(string ending)
    {
        string content = Row + ending + " " + Row.Replace("hello", "grüß dich 🎬") + ending + Row;

        List<SampleRow> rows = ManifestFile.Read(content).Cast<SampleRow>().ToList();

        Assert.That(string.Concat(rows.Select(row => Encoding.UTF8.GetString(row.Raw.Span))), Is.EqualTo(content));
        Assert.That(rows.Select(row => row.Offset), Is.EqualTo(new[] { 0, Row.Length + ending.Length, rows[1].Offset + rows[1].Raw.Length }));
    }

    [Test]
    public void A_byte_order_mark_belongs_to_the_file_and_not_to_its_first_row()
    {
        using var file = new ManifestFile([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Row + "\n" + Row)]);

        List<SampleRow> rows = file.Read().Cast<SampleRow>().ToList();

        Assert.That(rows.Select(row => row.Offset), Is.EqualTo(new long[] { 3, 3 + Row.Length + 1 }));
        Assert.That(Encoding.UTF8.GetString(rows[0].Raw.Span), Is.EqualTo(Row + "\n"));
    }

    [Test]
    public void A_byte_order_mark_alone_is_an_empty_manifest()
    {
        using var file = new ManifestFile([0xEF, 0xBB, 0xBF]);

        Assert.That(file.Read(), Is.Empty);
    }

    [Test]
    public void Lines_of_every_length_around_the_buffers_size_come_out_whole()
    {
        int[] lengths = [1, 100, 131_000, 131_072, 131_073, 262_144, 300_000, 3_000_000, 10, 131_071, 5];
        string content = string.Join('\n', lengths.Select(length => Row.Replace("hello", new string('x', length))));

        List<SampleRow> rows = ManifestFile.Read(content).Cast<SampleRow>().ToList();

        Assert.That(rows.Select(row => row.Sample.Messages[0].Content.Length), Is.EqualTo(lengths));
        Assert.That(rows.Select(row => row.Line), Is.EqualTo(Enumerable.Range(1, lengths.Length)));
        Assert.That(string.Concat(rows.Select(row => Encoding.UTF8.GetString(row.Raw.Span))), Is.EqualTo(content));
    }

    [TestCase(0, "\n", false)]
    [TestCase(0, "\r\n", false)]
    [TestCase(0, "", false)]
    [TestCase(1, "\n", true)]
    [TestCase(1, "\r\n", true)]
    [TestCase(1, "", true)]
    [TestCase(131_072, "\n", true)]
    [TestCase(131_072, "\r\n", true)]
    [TestCase(500_000, "", true)]
    [TestCase(5_000_000, "\r\n", true)]
    public void A_line_over_the_limit_is_refused_and_the_next_one_read(int over, string ending, bool refused)
    {
        const int Limit = 200_000;
        string filled = Row.Replace("hello", new string('x', Limit + over - Row.Length + "hello".Length));

        List<ManifestRow> rows = ManifestFile.Read(Row + "\n" + filled + ending + (ending.Length > 0 ? Row : ""), new ManifestOptions { MaxLineBytes = Limit });

        Assert.That(rows, Has.Count.EqualTo(ending.Length > 0 ? 3 : 2));
        Assert.That(rows[1] is BadRow, Is.EqualTo(refused));
        if (rows[1] is BadRow bad)
        {
            Assert.That(bad.Message, Does.Contain($"{filled.Length} bytes").And.Contain($"{Limit}"));
        }

        Assert.That(rows[^1].Line, Is.EqualTo(rows.Count));
        Assert.That(rows.Where(row => row.Line != 2), Is.All.InstanceOf<SampleRow>());
        Assert.That(
            rows.OfType<SampleRow>().Last().Offset,
            Is.EqualTo(ending.Length > 0 ? Row.Length + 1 + filled.Length + ending.Length : rows[1] is SampleRow ? Row.Length + 1 : 0));
    }

    // What the whole process allocates is counted.
    [Test]
    [NonParallelizable]
    public void A_refused_line_takes_no_memory()
    {
        using var file = new ManifestFile(Row + "\n");
        using (FileStream stream = File.Open(file.FilePath, FileMode.Append))
        {
            byte[] piece = new byte[1 << 20];
            piece.AsSpan().Fill((byte)'x');
            for (int i = 0; i < 100; i++)
            {
                stream.Write(piece);
            }

            stream.Write(Encoding.UTF8.GetBytes("\n" + Row));
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        List<ManifestRow> rows = file.Read(new ManifestOptions { MaxLineBytes = 1 << 20 });
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.That(rows.Select(row => row is SampleRow), Is.EqualTo(new[] { true, false, true }));
        Assert.That(allocated, Is.LessThan(16 << 20));
    }

    [Test]
    public void Reading_starts_again_with_each_enumeration()
    {
        using var file = new ManifestFile(Row + "\n" + Row);
        var manifest = new JsonLinesManifest(file.FilePath);

        Assert.That(manifest.ReadRowsAsync().ToBlockingEnumerable().Count(), Is.EqualTo(2));
        Assert.That(manifest.ReadRowsAsync().ToBlockingEnumerable().Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task Cancellation_ends_the_reading()
    {
        using var file = new ManifestFile(string.Concat(Enumerable.Repeat(Row + "\n", 1000)));
        using var cancellation = new CancellationTokenSource();
        int rows = 0;

        async Task ReadAsync()
        {
            await foreach (ManifestRow row in new JsonLinesManifest(file.FilePath).ReadRowsAsync(cancellation.Token))
            {
                rows++;
                await cancellation.CancelAsync();
            }
        }

        await Assert.ThatAsync(ReadAsync, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(rows, Is.EqualTo(1));
    }

    [Test]
    public void A_manifest_that_is_not_there_is_said_by_name()
    {
        var manifest = new JsonLinesManifest("/nowhere/at/all.jsonl");

        Assert.That(() => manifest.ReadRowsAsync().ToBlockingEnumerable().ToList(),
            Throws.InstanceOf<ManifestException>().With.Message.EqualTo("The manifest /nowhere/at/all.jsonl does not exist."));
    }

    [TestCase("Access to the path is denied.")]
    [TestCase("Input/output error")]
    public void What_the_system_says_ends_with_one_full_stop(string said) =>
        Assert.That(ManifestException.Refused("The manifest a.jsonl cannot be read", new IOException(said)).Message, Does.EndWith($": {said.TrimEnd('.')}."));

    [Test]
    public void A_folder_is_no_manifest()
    {
        var manifest = new JsonLinesManifest(Path.GetTempPath());

        Assert.That(
            () => manifest.ReadRowsAsync().ToBlockingEnumerable().ToList(), Throws.InstanceOf<ManifestException>().With.Message.Contains("is a folder"));
    }

    [TestCase(new byte[] { 0xFF, 0xFE, 0x7B, 0x00 }, "UTF-16")]
    [TestCase(new byte[] { 0xFE, 0xFF, 0x00, 0x7B }, "UTF-16")]
    [TestCase(new byte[] { 0x1F, 0x8B, 0x08, 0x00 }, "gunzip")]
    [TestCase(new byte[] { 0x28, 0xB5, 0x2F, 0xFD }, "unzstd")]
    [TestCase(new byte[] { 0x50, 0x41, 0x52, 0x31 }, "Parquet")]
    [TestCase(new byte[] { 0x50, 0x4B, 0x03, 0x04 }, "zip")]
    public void Another_kind_of_file_is_refused_whole_with_what_to_do(byte[] start, string expected)
    {
        using var file = new ManifestFile([.. start, .. new byte[100]]);

        Assert.That(() => file.Read(), Throws.InstanceOf<ManifestException>().With.Message.Contains(expected));
    }

    [TestCase("[")]
    [TestCase("[{\"messages\":[")]
    [TestCase("\n  [ {")]
    public void A_json_array_has_no_index_of_lines(string start)
    {
        using var file = new ManifestFile(start + "\n" + Row);

        Assert.That(() => new JsonLinesManifest(file.FilePath).IndexAsync(), Throws.InstanceOf<ManifestException>().With.Message.Contains("jq -c '.[]'"));
    }
}
