using ClipGuard.Columnar;
using ClipGuard.Manifests;

using NUnit.Framework;

using ParquetSharp;

using static ClipGuard.Tests.Columnar.ParquetWriting;

namespace ClipGuard.Tests.Columnar;

/// <summary>Files that cannot be read, or not as a whole, and what of a file is read at all.</summary>
[CancelAfter(30_000)]
public sealed class BrokenParquetTests
{
    private string _folder = null!;

    private string File => Path.Combine(_folder, "m.parquet");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-parquet-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("", "is no Parquet file: it has 0 bytes, and the smallest has 12")]
    [TestCase("PAR1 and no more of it than this", "does not end as a Parquet file, with its footer and PAR1: it was cut off")]
    [TestCase("PAR1....\u00FF\u00FF\u0000\u0000PAR1", "does not end as a Parquet file, with its footer and PAR1")]
    [TestCase("PAR1....\u0004\u0000\u0000\u0000PAR1", "cannot be read as Parquet, in its footer: ")]
    [TestCase("PARE....\u0004\u0000\u0000\u0000PARE", "is Parquet whose footer is encrypted, which is not read: write it again without encryption.")]
    public void A_file_that_is_not_whole_says_so(string content, string expected)
    {
        System.IO.File.WriteAllBytes(File, System.Text.Encoding.Latin1.GetBytes(content));

        AssertRefused(expected);
    }

    [Test]
    public void A_file_that_is_cut_off_anywhere_is_refused()
    {
        WriteImages();
        byte[] whole = System.IO.File.ReadAllBytes(File);

        foreach (int length in new[] { 4, 11, 12, whole.Length / 2, whole.Length - 9, whole.Length - 1 })
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            AssertRefused(length < 12 ? "is no Parquet file" : "does not end as a Parquet file");
        }
    }

    [Test]
    public void A_file_that_is_not_there_is_named() => AssertRefused("cannot be read: ");

    [TestCase(true)]
    [TestCase(false)]
    public void Encryption_is_told(bool footer)
    {
        using var key = new FileEncryptionPropertiesBuilder("0123456789abcdef"u8.ToArray());
        using FileEncryptionProperties encryption = (footer ? key : key.SetPlaintextFooter()).Build();
        Write(File, [Text("image")], [[new[] { "a.png" }]], properties: builder => builder.Encryption(encryption));

        AssertRefused(footer ? "whose footer is encrypted" : "is encrypted, which is not read: write it again without encryption.");
    }

    // One page of the second group is no zstd: of that group nothing is known, and the third is as it was.
    [Test]
    public async Task A_row_group_that_is_broken_gives_bad_rows_and_the_others_are_read()
    {
        WriteImages();
        Spoil(group: 1, column: 0);

        var manifest = new ParquetManifest(File, new ManifestOptions { RootImageDirectory = null });
        ManifestRow[] rows = [.. manifest.ReadRowsAsync().ToBlockingEnumerable()];

        Assert.That(rows.Select(row => row is SampleRow), Is.EqualTo(new[] { true, true, false, false, true, true }));
        Assert.That(((BadRow)rows[2]).Message, Does.StartWith("found row group 1, which is broken here or before: "));
        Assert.That(((SampleRow)rows[5]).Sample.Clips.Single().AsWritten, Is.EqualTo("f.png"));
        using IndexedRows index = await manifest.IndexAsync();
        Assert.That(Enumerable.Range(0, 6).Reverse().Select(row => index.Read(row) is SampleRow).Reverse(), Is.EqualTo(rows.Select(row => row is SampleRow)));
    }

    [Test]
    public void Columns_that_are_not_needed_are_not_read()
    {
        WriteImages();
        for (int group = 0; group < 3; group++)
        {
            // The field, and the bytes that are no clip.
            Spoil(group, column: 1);
            Spoil(group, column: 2);
        }

        ManifestRow[] Read(bool skip) => [.. new ParquetManifest(File, new ManifestOptions { SkipFields = skip }).ReadRowsAsync().ToBlockingEnumerable()];

        Assert.That(Read(skip: true), Has.Length.EqualTo(6).And.All.InstanceOf<SampleRow>());
        Assert.That(Read(skip: true).Cast<SampleRow>().SelectMany(row => row.Sample.Fields), Is.Empty);
        Assert.That(Read(skip: false), Has.All.InstanceOf<BadRow>(), "the field is read, and shows that it was spoilt");
    }

    [Test]
    public void Bytes_that_are_no_clip_are_not_read_at_all()
    {
        WriteImages();
        Spoil(group: 0, column: 2);

        SampleRow first = new ParquetManifest(File).ReadRowsAsync().ToBlockingEnumerable().OfType<SampleRow>().First();

        Assert.That((first.Line, string.Join(',', first.Sample.Fields.Select(field => field.Name))), Is.EqualTo((1L, "score")));
    }

    // The Parquet library makes a text of it, which would look as if the file were broken.
    [Test]
    public void A_disk_that_fails_is_not_the_files_fault()
    {
        WriteImages();
        var failing = new FailsAfter(System.IO.File.ReadAllBytes(File));
        var manifest = new ParquetManifest(File, new ManifestOptions()) { Opener = _ => failing };
        using IEnumerator<ManifestRow> rows = manifest.ReadRowsAsync().ToBlockingEnumerable().GetEnumerator();
        Assert.That(rows.MoveNext(), Is.True);

        failing.Fails = true;

        ManifestException error = Assert.Throws<ManifestException>(() => { while (rows.MoveNext()) { } })!;
        Assert.That(error.Message, Is.EqualTo($"The manifest {File} cannot be read: the disk is gone."));
        Assert.That(error.InnerException, Is.InstanceOf<IOException>());
    }

    [TestCase(Compression.Uncompressed)]
    [TestCase(Compression.Snappy)]
    [TestCase(Compression.Gzip)]
    [TestCase(Compression.Brotli)]
    [TestCase(Compression.Zstd)]
    [TestCase(Compression.Lz4)]
    public void Every_codec_that_is_written_is_read(Compression codec)
    {
        Write(File, [Text("image")], [[Enumerable.Range(0, 2_000).Select(i => $"folder/{i % 10}.png").ToArray()]], codec);

        SampleRow[] rows = [.. new ParquetManifest(File).ReadRowsAsync().ToBlockingEnumerable().Cast<SampleRow>()];

        Assert.That(rows.Select(row => row.Sample.Clips.Single().AsWritten), Is.EqualTo(Enumerable.Range(0, 2_000).Select(i => $"folder/{i % 10}.png")));
    }

    private void WriteImages() => Write(File, [Text("image"), Number("score"), Bytes("embedding")],
    [
        [new[] { "a.png", "b.png" }, new long?[] { 1, 2 }, new byte[]?[] { [1], [2] }],
        [new[] { "c.png", "d.png" }, new long?[] { 3, 4 }, new byte[]?[] { [1], [2] }],
        [new[] { "e.png", "f.png" }, new long?[] { 5, 6 }, new byte[]?[] { [1], [2] }],
    ], Compression.Zstd);

    /// <summary>Overwrites the beginning of a column's chunk, the header of its first page.</summary>
    private void Spoil(int group, int column)
    {
        long offset;
        using (var reader = new ParquetFileReader(File))
        {
            // Chunks lie one after the other from behind the magic on.
            offset = 4;
            for (int before = 0; before <= group; before++)
            {
                using RowGroupReader rows = reader.RowGroup(before);
                for (int i = 0; i < (before == group ? column : rows.MetaData.NumColumns); i++)
                {
                    offset += rows.MetaData.GetColumnChunkMetaData(i).TotalCompressedSize;
                }
            }
        }

        using FileStream file = System.IO.File.OpenWrite(File);
        file.Position = offset;
        file.Write([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
    }

    private void AssertRefused(string expected)
    {
        var manifest = new ParquetManifest("m", [File]);
        foreach (Func<Task> read in new Func<Task>[]
        {
            () => Task.FromResult(manifest.ReadRowsAsync().ToBlockingEnumerable().ToList()),
            () => manifest.IndexAsync(),
        })
        {
            Assert.That(read, Throws.InstanceOf<ManifestException>().With.Message.Contains(File).And.Message.Contains(expected));
        }
    }

    private sealed class FailsAfter(byte[] content) : MemoryStream(content)
    {
        public bool Fails { get; set; }

        public override int Read(Span<byte> buffer) => Fails ? throw new IOException("the disk is gone") : base.Read(buffer);
    }
}
