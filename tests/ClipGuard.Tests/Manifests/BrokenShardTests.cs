using System.Text;

using ClipGuard.Manifests;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

/// <summary>Shards that break off or lie, and those whose members are no plain files.</summary>
[CancelAfter(60_000)]
internal sealed class BrokenShardTests
{
    private string _shard = null!;

    [SetUp]
    public void MakeFolder() => _shard = Path.Combine(Directory.CreateTempSubdirectory("clipguard-shard-").FullName, "s.tar");

    [TearDown]
    public void RemoveFolder() => Directory.Delete(Path.GetDirectoryName(_shard)!, recursive: true);

    [Test]
    public void A_whole_shard_is_read_in_every_format()
    {
        string longName = new('n', 150);
        List<ManifestRow> rows = Read(
            RawTar.File("v7.wav", type: '\0'), RawTar.Header("folder/", 0, '5'), RawTar.File("./ustar.wav"), RawTar.File("contiguous.wav", type: '7'),
            RawTar.Header("prefixed.wav", 4, change: static block => "far"u8.CopyTo(block.AsSpan(345))), RawTar.Padded("RIFF"),
            RawTar.File("././@LongLink", longName + ".wav\0", 'L'), RawTar.File("short.wav"),
            RawTar.Pax(("path", "pax/" + longName + "ä.wav"), ("mtime", "1e99"), ("SCHILY.xattr.user.x", "a=b\nc"), ("uid", "-1")), RawTar.File("short.wav"),
            RawTar.PaxOf('g', RawTar.Line(("comment", "made by hand"))), RawTar.Pax(("size", "6")), RawTar.Header("sized.wav", 0), RawTar.Padded("sizedd"),
            RawTar.Header("binary.wav", 0, change: static block =>
            {
                block.AsSpan(124, 12).Clear();
                (block[124], block[135]) = (0x80, 5);
            }), RawTar.Padded("12345"), RawTar.End);

        Assert.That(rows, Is.All.InstanceOf<SampleRow>());
        Assert.That(rows.Cast<SampleRow>().Select(row => row.Sample.Clips.Single().AsWritten), Is.EqualTo(new[]
        {
            "v7.wav", "./ustar.wav", "contiguous.wav", "far/prefixed.wav", longName + ".wav", $"pax/{longName}ä.wav", "sized.wav", "binary.wav",
        }));
        Assert.That(rows.Cast<SampleRow>().Select(Content), Is.EqualTo(new[] { "RIFF", "RIFF", "RIFF", "RIFF", "RIFF", "RIFF", "sizedd", "12345" }));
    }

    [TestCase("a header whose checksum is wrong")]
    [TestCase("a header of zeros, with more behind it")]
    [TestCase("a size that is no number")]
    [TestCase("it ends within a header")]
    [TestCase("it has no end mark, so it may have been cut off")]
    [TestCase("the member c.wav ends behind the shard's own end")]
    [TestCase("a pax header that cannot be read")]
    [TestCase("a pax header of 209715200 bytes, more than 1048576")]
    [TestCase("a name of 209715200 bytes, more than 65536")]
    [TestCase("a global pax header with a name or a size for all entries")]
    [TestCase("a name or attributes without the entry that they belong to")]
    public void A_shard_is_broken_at_a_byte_and_never_ends_in_silence(string problem)
    {
        byte[] c = RawTar.File("c.wav");
        byte[] broken = problem switch
        {
            "a header whose checksum is wrong" => [.. c.Select(static (value, at) => at == 3 ? (byte)'!' : value)],
            "a header of zeros, with more behind it" => [.. new byte[512], .. c],
            "a size that is no number" => RawTar.Header("c.wav", 0, change: static block => block[124] = (byte)'x'),
            "it ends within a header" => c[..100],
            "it has no end mark, so it may have been cut off" => [],
            "the member c.wav ends behind the shard's own end" => RawTar.Header("c.wav", 1 << 30),
            "a pax header that cannot be read" => [.. RawTar.PaxOf('x', "99 path=x\n"), .. c],
            "a pax header of 209715200 bytes, more than 1048576" => RawTar.Header("x", 200 << 20, 'x'),
            "a name of 209715200 bytes, more than 65536" => RawTar.Header("L", 200 << 20, 'L'),
            "a global pax header with a name or a size for all entries" => [.. RawTar.PaxOf('g', RawTar.Line(("path", "x"))), .. c],
            _ => RawTar.Pax(("path", "x")),
        };
        bool isCutOff = problem.StartsWith("it ", StringComparison.Ordinal);

        List<ManifestRow> rows = Read(RawTar.File("a.wav"), RawTar.File("b.wav"), broken, isCutOff ? [] : RawTar.End);

        Assert.That(rows.SkipLast(1), Is.All.InstanceOf<SampleRow>().And.Exactly(2).Items);
        int at = problem.StartsWith("a name or", StringComparison.Ordinal) ? 3072 : 2048;
        Assert.That((rows[^1] as BadRow)?.Found, Is.EqualTo($"a broken shard at byte {at} of {_shard}: {problem}"));
    }

    [TestCase("1x path=a.wav\n")]
    [TestCase("path=a.wav\n")]
    [TestCase("0 path=a.wav\n")]
    [TestCase("99999999999999999999 path=a.wav\n")]
    [TestCase("14 path=a.wavX")]
    [TestCase("6 path\n")]
    [TestCase("7 path\n")]
    [TestCase("6 =ab\n")]
    [TestCase("10 size=x\n")]
    [TestCase("11 size=-1\n")]
    [TestCase("29 size=99999999999999999999\n")]
    public void Attributes_that_cannot_be_read_break_a_shard(string content)
    {
        ManifestRow row = Read(RawTar.PaxOf('x', content), RawTar.File("a.wav"), RawTar.End).Single();

        Assert.That((row as BadRow)?.Found, Does.EndWith("a pax header that cannot be read"));
    }

    [Test]
    public void A_wrong_header_between_the_members_of_a_sample_tears_it_not_apart()
    {
        byte[] broken = RawTar.File("b.json", "{}");
        broken[0] = (byte)'!';

        List<ManifestRow> rows = Read(RawTar.File("a.wav"), RawTar.File("a.json", "{}"), RawTar.File("b.wav"), broken, RawTar.End);

        Assert.That(rows.Select(row => (row as BadRow)?.Found), Is.EqualTo(new[]
        {
            null, $"the shard's last members before it breaks off in b of {_shard}",
            $"a broken shard at byte 3072 of {_shard}: a header whose checksum is wrong",
        }));
    }

    [TestCase('1', "a hard link to 000.wav, whose bytes do not lie here")]
    [TestCase('2', "a symbolic link to 000.wav")]
    [TestCase('6', "a device or a FIFO")]
    [TestCase('S', "a sparse file")]
    [TestCase('Z', "an entry of type 'Z'")]
    public void A_member_that_is_no_file_makes_its_sample_bad_and_no_other(char type, string said)
    {
        List<ManifestRow> rows = Read(
            RawTar.File("000.wav"), RawTar.File("000.json", "{}"), RawTar.Header("001.wav", 0, type, "000.wav"), RawTar.File("001.json", "{}"),
            RawTar.File("002.wav"), RawTar.File("002.json", "{}"), RawTar.End);

        Assert.That(rows.Select(row => row is SampleRow), Is.EqualTo(new[] { true, false, true }));
        Assert.That(((BadRow)rows[1]).Found, Does.Contain($"the member 001.wav, which is {said}"));
    }

    [Test]
    public void A_hard_link_may_store_its_bytes_again_or_tell_a_size_and_store_none()
    {
        foreach (byte[] content in new[] { RawTar.Padded("RIFF"), [] })
        {
            List<ManifestRow> rows = Read(RawTar.File("0.wav"), RawTar.Header("1.wav", 4, '1', "0.wav"), content, RawTar.File("2.wav"), RawTar.End);

            Assert.That(rows.Select(row => row is SampleRow), Is.EqualTo(new[] { true, false, true }));
        }
    }

    // As GNU tar --sparse writes files: its old format with the map in the header and in further blocks, and pax 0.0, 0.1 and 1.0 with a made-up name.
    [TestCase("old", 0)]
    [TestCase("old", 2)]
    [TestCase("GNU.sparse.numblocks=1;GNU.sparse.offset=0;GNU.sparse.numbytes=4;GNU.sparse.size=1000", 0)]
    [TestCase("GNU.sparse.name=1.wav;GNU.sparse.map=0,4;GNU.sparse.size=1000", 0)]
    [TestCase("GNU.sparse.major=1;GNU.sparse.minor=0;GNU.sparse.name=1.wav;GNU.sparse.realsize=1000", 0)]
    public void A_sparse_member_makes_its_sample_bad_and_no_other(string format, int mapBlocks)
    {
        (string Key, string Value)[] attributes =
            [.. format.Split(';').Where(part => part.Contains('=')).Select(part => (part[..part.IndexOf('=')], part[(part.IndexOf('=') + 1)..]))];
        string name = format.Contains("GNU.sparse.name") ? "GNUSparseFile.17/1.wav" : "1.wav";
        byte[] map = new byte[512 * mapBlocks];
        for (int block = 0; block < mapBlocks - 1; block++)
        {
            map[(512 * block) + 504] = 1;
        }

        List<ManifestRow> rows = Read(
            RawTar.File("0.wav"), RawTar.File("0.json", "{}"), attributes.Length == 0 ? [] : RawTar.Pax(attributes),
            RawTar.Header(name, 4, attributes.Length == 0 ? 'S' : '0', change: block => block[482] = (byte)(mapBlocks > 0 ? 1 : 0)), map, RawTar.Padded("piec"),
            RawTar.File("1.json", "{}"), RawTar.File("2.wav"), RawTar.File("2.json", "{}"), RawTar.End);

        Assert.That(rows.Select(row => row is SampleRow), Is.EqualTo(new[] { true, false, true }));
        Assert.That(((BadRow)rows[1]).Found, Does.StartWith("the member 1.wav, which is a sparse file"));
    }

    [Test]
    public void Hidden_files_and_those_without_an_extension_are_no_members()
    {
        List<ManifestRow> rows = Read(
            RawTar.File("._000.wav"), RawTar.File("000.wav"), RawTar.File("._000.json"), RawTar.File("README"), RawTar.File("000.json", """{"n":1}"""),
            RawTar.File(".DS_Store"), RawTar.File("d/._001.wav"), RawTar.File("d/001.wav"), RawTar.File("d/.DS_Store"), RawTar.File("d/Makefile"),
            RawTar.File("d/001.json", """{"n":2}"""), RawTar.File("__meta.json__"), RawTar.File(".hidden/002.wav"), RawTar.End);

        Assert.That(rows.Select(row => row is SampleRow), Is.EqualTo(new[] { true, true }));
        Assert.That(
            rows.Cast<SampleRow>().Select(row => (row.Sample.Clips.Single().AsWritten, row.Sample.Fields.Count)),
            Is.EqualTo(new[] { ("000.wav", 2), ("d/001.wav", 2) }));
    }

    [TestCase("a.wav")]
    [TestCase("a.WAV")]
    public void A_repeated_member_is_no_second_clip(string name)
    {
        List<ManifestRow> rows = Read(RawTar.File("a.wav"), RawTar.File(name), RawTar.File("b.wav"), RawTar.End);

        Assert.That((rows[0] as BadRow)?.Message, Is.EqualTo($"found a repeated member in a of {_shard}, expected each extension once in a sample"));
        Assert.That(rows[1], Is.InstanceOf<SampleRow>());
    }

    [Test]
    public async Task Members_that_lie_apart_from_others_of_their_key_are_said()
    {
        byte[][] entries = [RawTar.File("0.wav"), RawTar.File("1.wav"), RawTar.File("0.json", "{}"), RawTar.File("1.json", "{}"), RawTar.End];
        List<ManifestRow> rows = Read(entries);
        using IndexedRows index = await new TarManifest(_shard).IndexAsync();

        Assert.That(rows.Select(row => row is SampleRow), Is.EqualTo(new[] { true, true, false, false }));
        Assert.That(((BadRow)rows[2]).Message, Does.Contain("members that lie apart from others of their key in 0").And.Contain("side by side"));
        Assert.That(Enumerable.Range(0, 4).Select(row => index.Read(row) is SampleRow), Is.EqualTo(new[] { true, true, false, false }));
    }

    [Test]
    public void Json_is_data_and_the_clip_is_the_member()
    {
        List<ManifestRow> rows = Read(
            RawTar.File("0.png", "PNG!"), RawTar.File("0.json", """{"image":"0.png","videos":7,"messages":[{"role":"user","content":"q"}]}"""),
            RawTar.File("1.png", "PNG!"),
            RawTar.File("1.json", """{"messages":[{"role":"user","content":[{"type":"image","image":"/elsewhere.png"},{"type":"text","text":"q"}]}]}"""),
            RawTar.File("2.png", "PNG!"), RawTar.File("2.json", """{"messages":[{"role":"user","content":"<video>q"}]}"""),
            RawTar.File("3.png", "PNG!"), RawTar.File("3.JSON", """{"caption":"c"}"""), RawTar.File("3.extra.json", """{"x":1}"""),
            RawTar.File("3.CLS", "5"), RawTar.End);

        Assert.That(rows.Select(row => row is SampleRow), Is.EqualTo(new[] { true, true, false, true }));
        Sample[] samples = [.. rows.OfType<SampleRow>().Select(row => row.Sample)];
        Assert.That(samples.Select(sample => sample.Clips.Single().Kind), Is.All.EqualTo(ClipKind.Image));
        Assert.That(samples.Take(2).Select(sample => sample.Messages.Single().Content), Is.All.EqualTo("<image>q"));
        Assert.That(samples[0].Fields.Select(field => field.Name), Is.EqualTo(new[] { "__key__", "image", "videos" }));
        Assert.That(samples[2].Fields.Select(field => field.Name), Is.EqualTo(new[] { "__key__", "extra.json", "cls", "caption" }));
        Assert.That((rows[2] as BadRow)?.Found, Does.StartWith("1 <video> tag for 0 video clips"));
    }

    [TestCase("[]")]
    [TestCase("\"text\"")]
    [TestCase("[{\"role\":\"user\",\"content\":[{\"type\":\"image\"}]},7]")]
    public void Messages_that_are_none_are_data_too(string messages)
    {
        var row = Read(RawTar.File("0.png"), RawTar.File("0.json", $$"""{"id":1,"messages":{{messages}},"images":["0.png"]}"""), RawTar.End)
            .Single() as SampleRow;

        Assert.That(row?.Sample.Fields.Select(field => field.Name), Is.EqualTo(new[] { "__key__", "id", "messages", "images" }));
        Assert.That((row?.Sample.Messages.Count, row?.Sample.Clips.Count), Is.EqualTo(((int?)0, (int?)1)));
        Assert.That(row!.Sample.Warnings.Single(), Does.StartWith("'messages' is not read as messages: found "));
    }

    // Every byte of the headers, changed: what comes out is rows, some of them bad, in little memory, and never an exception or another sample's bytes.
    [Test]
    public void Whatever_a_header_holds_is_a_row()
    {
        byte[] whole =
        [
            .. RawTar.File("0.wav", "first"), .. RawTar.Pax(("path", "1.wav")), .. RawTar.File("x.wav", "other"),
            .. RawTar.File("././@LongLink", "2.wav\0", 'L'), .. RawTar.File("y", "third"), .. RawTar.End,
        ];
        var random = new Random(17);
        for (int round = 0; round < 3000; round++)
        {
            byte[] changed = [.. whole];
            int header = random.Next(5) switch { 0 => 0, 1 => 1024, 2 => 2048, 3 => 3072, _ => 4096 };
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                changed[header + random.Next(round % 2 == 0 ? 512 : 160)] = (byte)random.Next(256);
            }

            changed.AsSpan(header + 148, 8).Fill((byte)' ');
            int sum = changed.Skip(header).Take(512).Sum(static value => value);
            Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(changed, header + 148);

            List<ManifestRow> rows = Read(changed);

            IEnumerable<FileSource> clips = rows.OfType<SampleRow>().SelectMany(row => row.Sample.Clips).Select(clip => (FileSource)clip.Source!);
            Assert.That(clips.All(source => source.Offset + source.Length <= changed.Length), Is.True);
        }
    }

    private static string Content(SampleRow row)
    {
        var source = (FileSource)row.Sample.Clips.Single().Source!;
        return Encoding.UTF8.GetString(File.ReadAllBytes(source.Path).AsSpan((int)source.Offset, (int)source.Length!.Value));
    }

    private List<ManifestRow> Read(params byte[][] parts)
    {
        File.WriteAllBytes(_shard, [.. parts.SelectMany(static part => part)]);
        return [.. new TarManifest(_shard).ReadRowsAsync().ToBlockingEnumerable()];
    }
}
