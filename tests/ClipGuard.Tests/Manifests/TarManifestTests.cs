using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

using ClipGuard.Manifests;
using ClipGuard.Media;

using NUnit.Framework;

using ZstdSharp;

namespace ClipGuard.Tests.Manifests;

public sealed class TarManifestTests : IndexableManifestContract
{
    private static readonly string LongName = "folder/" + new string('n', 150);

    protected override IIndexableManifest Make()
    {
        Write(
            "s-000.tar",
            ("a/1.wav", "RIFF"),
            ("a/1.txt", "hello"),
            ("a/1.cls", " 7\n"),
            ("b.png", "PNG!"),
            ("b.json", """{"label":[1],"messages":[{"role":"user","content":"<image>?"}]}"""));
        Write("s-001.tar", ("c.seg.flac", "fLaC"), ("c.meta.json", "[1,2]"), ("c.npy", "x"), (LongName + ".mp4", "ftyp"), ("d.json", "{nonsense"));
        Write("s-002.tar", ("e.wav", new string('e', 5000)), ("f.wav", "12345"));
        return new TarManifest(Path.Combine(Folder, "s-{000..002}.tar"));
    }

    protected override void Change() => Write("s-002.tar", ("e.wav", "other"));

    [Test]
    public void Members_with_one_key_are_one_sample_and_are_decoded_in_place()
    {
        List<ManifestRow> rows = Make().ReadRowsAsync().ToBlockingEnumerable().ToList();

        Assert.That(rows.Select(row => row.Line), Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6, 7 }));
        Assert.That(rows[4], Is.InstanceOf<BadRow>());
        Sample[] samples = [.. rows.OfType<SampleRow>().Select(row => row.Sample)];
        Assert.That(samples.Select(sample => sample.Clips.Single().Kind), Is.EqualTo(
            new[] { ClipKind.Audio, ClipKind.Image, ClipKind.Audio, ClipKind.Video, ClipKind.Audio, ClipKind.Audio }));
        Assert.That(samples.Select(Content), Is.EqualTo(new[] { "RIFF", "PNG!", "fLaC", "ftyp", new string('e', 5000), "12345" }));
        Assert.That(samples.Select(sample => Field(sample, "__key__")), Is.EqualTo(new[] { "\"a/1\"", "\"b\"", "\"c\"", $"\"{LongName}\"", "\"e\"", "\"f\"" }));
        Assert.That((Field(samples[0], "txt"), Field(samples[0], "cls")), Is.EqualTo(("\"hello\"", "7")));
        Assert.That((Field(samples[1], "label"), samples[1].Messages.Single().Content), Is.EqualTo(("[1]", "<image>?")));
        Assert.That(
            (Field(samples[2], "meta.json"), samples[2].Warnings.Single()),
            Is.EqualTo(("[1,2]", "the member c.npy is neither a clip nor text and is not used")));
    }

    [TestCase(100)]
    [TestCase(1000)]
    [TestCase(5000)]
    [TestCase(5632)]
    public void A_shard_that_is_cut_off_says_so_after_what_is_whole(int bytes)
    {
        Make();
        string shard = Path.Combine(Folder, "s-002.tar");
        using (FileStream file = File.OpenWrite(shard))
        {
            file.SetLength(bytes);
        }

        ManifestRow last = new TarManifest(shard).ReadRowsAsync().ToBlockingEnumerable().Last();

        Assert.That((last as BadRow)?.Message, Does.Contain("broken shard").And.Contain(shard));
    }

    [Test]
    public async Task A_shard_written_anew_is_said_to_have_changed()
    {
        using IndexedRows rows = await Make().IndexAsync();
        Write("s-000.tar", ("x.wav", "1"));

        Assert.That(() => rows.Read(0), Throws.InstanceOf<ManifestException>().With.Message.Contains("has changed"));
    }

    // Nothing moves, so that offsets and lengths tell nothing.
    [TestCase("a.cls", "7", "8", 1)]
    [TestCase("a.txt", "hello", "jello", 1)]
    [TestCase("a.json", """{"label":1}""", """{"label":2}""", 1)]
    [TestCase("a.wav", "RIFF", "riff", 2)]
    public async Task A_sample_that_was_changed_and_is_as_long_as_before_is_another(string member, string before, string after, int secondLater)
    {
        Write("s.tar", (member, before));
        using IndexedRows first = await new TarManifest(Path.Combine(Folder, "s.tar")).IndexAsync();
        Write("s.tar", (member, before));
        using IndexedRows same = await new TarManifest(Path.Combine(Folder, "s.tar")).IndexAsync();
        WriteAt(secondLater, "s.tar", (member, after));
        using IndexedRows changed = await new TarManifest(Path.Combine(Folder, "s.tar")).IndexAsync();

        Assert.That(same.Fingerprint, Is.EqualTo(first.Fingerprint));
        Assert.That(changed.Fingerprint, Is.Not.EqualTo(first.Fingerprint));
    }

    [Test]
    public void A_shard_that_is_not_there_is_said_by_name()
    {
        Assert.That(() => new TarManifest("/nowhere/{0..1}.tar").ReadRowsAsync().ToBlockingEnumerable().ToList(),
            Throws.InstanceOf<ManifestException>().With.Message.Contains("/nowhere/0.tar"));
    }

    [TestCase("a.tar", "a.tar")]
    [TestCase("{000..003}", "000 001 002 003")]
    [TestCase("{8..11}", "8 9 10 11")]
    [TestCase("{08..11}", "08 09 10 11")]
    [TestCase("{2..0}", "2 1 0")]
    [TestCase("x{a,b}y{0..1}", "xay0 xay1 xby0 xby1")]
    [TestCase("{a,{0..2}}", "a 0 1 2")]
    [TestCase("{a,}x", "ax x")]
    [TestCase("{}", "{}")]
    [TestCase("{a}", "{a}")]
    [TestCase("a{b", "a{b")]
    [TestCase("{x}{1,2}", "{x}1 {x}2")]
    public void Braces_stand_for_names_as_in_a_shell(string pattern, string names)
    {
        Assert.That(string.Join(' ', BracePattern.Expand(pattern)), Is.EqualTo(names));
    }

    [Test]
    public void Braces_that_stand_for_more_names_than_anybody_has_are_refused()
    {
        Assert.That(BracePattern.Expand("{1..1000000}"), Has.Count.EqualTo(1_000_000));
        Assert.That(() => BracePattern.Expand("{0..1000000}"), Throws.InstanceOf<ManifestException>());
        Assert.That(() => BracePattern.Expand("{0..9999}{0..9999}"), Throws.InstanceOf<ManifestException>());
    }

    private static string? Field(Sample sample, string name) =>
        sample.Fields.Where(field => field.Name == name).Select(field => Encoding.UTF8.GetString(field.Json.Span)).SingleOrDefault();

    [TestCase("s-*.tar.gz", ".gz", "gunzip")]
    [TestCase("s-{000..001}.tar.gz", ".gz", "gunzip")]
    [TestCase("s-*.tar.zst", ".zst", "unzstd")]
    public async Task Shards_that_are_compressed_are_read_in_order_alone(string pattern, string extension, string tool)
    {
        Make();
        Pack("s-000.tar", extension);
        Pack("s-001.tar", extension);
        List<ManifestRow> expected = new TarManifest(Path.Combine(Folder, "s-{000..001}.tar")).ReadRowsAsync().ToBlockingEnumerable().ToList();

        IIndexableManifest manifest = Manifest.Open(Path.Combine(Folder, pattern));
        List<ManifestRow> rows = manifest.ReadRowsAsync().ToBlockingEnumerable().ToList();

        Assert.That(manifest.Kind, Is.EqualTo("2 WebDataset shards"));
        Assert.That(rows.Select(row => row.Line), Is.EqualTo(expected.Select(row => row.Line)));
        Assert.That(rows.OfType<SampleRow>().Select(row => Encoding.UTF8.GetString(((MemorySource)row.Sample.Clips.Single().Source!).Bytes.Span)),
            Is.EqualTo(expected.OfType<SampleRow>().Select(row => Content(row.Sample))));
        Assert.That(rows.OfType<SampleRow>().SelectMany(row => row.Sample.Fields).Select(field => Encoding.UTF8.GetString(field.Json.Span)),
            Is.EqualTo(expected.OfType<SampleRow>().SelectMany(row => row.Sample.Fields).Select(field => Encoding.UTF8.GetString(field.Json.Span))));
        await Assert.ThatAsync(() => manifest.IndexAsync(), Throws.InstanceOf<ManifestException>().With.Message.Contains($"unpack it with {tool}"));
    }

    [TestCase(false, ".gz")]
    [TestCase(true, ".gz")]
    [TestCase(false, ".zst")]
    [TestCase(true, ".zst")]
    public void A_compressed_shard_that_is_damaged_says_so_after_what_is_whole(bool isCutOff, string extension)
    {
        Write("s.tar", ("a.wav", "RIFF"), ("b.wav", Noise(300_000)));
        string shard = Pack("s.tar", extension);
        using (FileStream file = File.OpenWrite(shard))
        {
            // The checksum of all bytes is in the last eight, or four.
            file.SetLength(file.Length - (isCutOff ? 40 : 0));
            file.Position = file.Length - (extension == ".gz" ? 8 : 4);
            file.WriteByte(0x55);
        }

        List<ManifestRow> rows = Manifest.Open(shard).ReadRowsAsync().ToBlockingEnumerable().ToList();

        Assert.That(rows[^1], Is.InstanceOf<BadRow>());
        Assert.That(((BadRow)rows[^1]).Message, Does.Contain(shard));
        Assert.That(rows.OfType<SampleRow>().Select(row => row.Sample.Clips.Single().AsWritten), Is.EqualTo(new[] { "a.wav" }));
    }

    // The header of a frame that says that it needs 2 GiB at hand (windowLog 31): zstd's own program refuses it too.
    [Test]
    public void A_shard_that_asks_for_too_much_memory_is_refused_before_it_gets_any()
    {
        string shard = Path.Combine(Folder, "s.tar.zst");
        File.WriteAllBytes(shard, [0x28, 0xB5, 0x2F, 0xFD, 0x00, (31 - 10) << 3, 0x01, 0x00, 0x00]);

        var row = (BadRow)Manifest.Open(shard).ReadRowsAsync().ToBlockingEnumerable().Last();

        Assert.That(row.Message, Does.Contain("it needs more than 128 MiB of memory to be unpacked: compress it again without --long=28 or more"));
    }

    [TestCase("t.tar", ".zst", "it is compressed with zstd; unpack it with unzstd first, or name it .tar.zst")]
    [TestCase("t.tar", ".gz", "it is compressed with gzip; unpack it with gunzip first, or name it .tar.gz")]
    public void A_compressed_shard_of_another_name_says_what_it_is(string name, string extension, string expected)
    {
        Write("s.tar", ("a.wav", Noise(4_000)));
        string shard = Path.Combine(Folder, name);
        File.Move(Pack("s.tar", extension), shard, overwrite: true);

        Assert.That(((BadRow)Manifest.Open(shard).ReadRowsAsync().ToBlockingEnumerable().Single()).Message, Does.Contain(expected));
    }

    // What is compressed to nothing has no part that could be whole.
    private static string Noise(int length) => Convert.ToHexString(Enumerable.Range(0, length / 2).Select(i => (byte)(i * 2_654_435_761L >> 13)).ToArray());

    private string Pack(string shard, string extension)
    {
        string packed = Path.Combine(Folder, shard + extension);
        using FileStream from = File.OpenRead(Path.Combine(Folder, shard));
        using Stream to = extension == ".gz" ? new GZipStream(File.Create(packed), CompressionLevel.Fastest) : Zstd(File.Create(packed));
        from.CopyTo(to);
        return packed;
    }

    private static CompressionStream Zstd(FileStream file)
    {
        var packing = new CompressionStream(file, leaveOpen: false);
        packing.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return packing;
    }

    private static string Content(Sample sample)
    {
        var source = (FileSource)sample.Clips.Single().Source!;
        return Encoding.UTF8.GetString(File.ReadAllBytes(source.Path).AsSpan((int)source.Offset, (int)source.Length!.Value));
    }

    private void Write(string shard, params (string Name, string Content)[] members) => WriteAt(1, shard, members);

    private void WriteAt(int second, string shard, params (string Name, string Content)[] members)
    {
        using FileStream file = File.Create(Path.Combine(Folder, shard));
        using var tar = new TarWriter(file, TarEntryFormat.Pax);
        foreach ((string name, string content) in members)
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                ModificationTime = DateTimeOffset.FromUnixTimeSeconds(second),
            });
        }
    }
}
