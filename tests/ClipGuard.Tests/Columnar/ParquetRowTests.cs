using ClipGuard.Columnar;
using ClipGuard.Manifests;
using ClipGuard.Media;

using NUnit.Framework;

using ParquetSharp;
using ParquetSharp.Schema;

using static ClipGuard.Tests.Columnar.ParquetWriting;

namespace ClipGuard.Tests.Columnar;

/// <summary>What rows of columns become: the forms of rows, and the forms of clips.</summary>
[CancelAfter(30_000)]
public sealed class ParquetRowTests
{
    private string _folder = null!;

    private string File => Path.Combine(_folder, "m.parquet");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-parquet-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Messages_are_a_list_of_structs_beside_lists_of_clips()
    {
        Write(File, [List("messages", Message("element")), List("images", Text("element")), Number("id")],
        [[
            new Nested<string?>?[]?[] { [new("user"), new("assistant")], [new("user")] },
            new Nested<string?>?[]?[] { [new("<image>What?"), new("É")], [new("Hello")] },
            new string?[]?[] { ["a.png"], null },
            new long?[] { 7, null },
        ]]);

        Sample[] samples = Samples();

        Assert.That(samples[0].Messages, Is.EqualTo(new[] { new Message(MessageRole.User, "<image>What?"), new Message(MessageRole.Assistant, "É") }));
        Assert.That(samples[0].Clips.Select(clip => (clip.Kind, clip.Key, clip.Path)), Is.EqualTo(new[] { (ClipKind.Image, "images", _folder + "/a.png") }));
        Assert.That(samples[0].TryGetField("id", out var id) ? id.GetInt64() : 0, Is.EqualTo(7));
        Assert.That((samples[1].Messages.Single().Content, samples[1].Clips.Count), Is.EqualTo(("Hello", 0)));
    }

    // Hugging Face's Sequence of a dict, before its List.
    [Test]
    public void Messages_may_be_a_struct_of_lists()
    {
        Write(File, [Struct("conversations", List("from", Text("element")), List("value", Text("element"))), Text("image")],
        [[
            new Nested<string?[]?>?[] { new(["human", "gpt"]), new(["human"]) },
            new Nested<string?[]?>?[] { new(["<image>Why?", "So."]), new(["Hm"]) },
            new[] { "a.png", null },
        ]]);

        Sample[] samples = Samples();

        Assert.That(samples[0].Messages.Select(message => (message.Role, message.Content)), Is.EqualTo(
            new[] { (MessageRole.User, "<image>Why?"), (MessageRole.Assistant, "So.") }));
        Assert.That(samples[0].Clips.Single().Key, Is.EqualTo("image"));
        Assert.That(samples[1].Messages.Single().Content, Is.EqualTo("Hm"));
    }

    [TestCase("query,response", "q,r", "User:q|Assistant:r")]
    [TestCase("instruction,input,output", "i,n,o", "User:i\nn|Assistant:o")]
    [TestCase("system,question,answer", "s,q,a", "System:s|User:q|Assistant:a")]
    [TestCase("messages", """[{"role":"user","content":"hi"}]""", "User:hi")]
    [TestCase("query,response,history", """q,r,[["a","b"]]""", "User:a|Assistant:b|User:q|Assistant:r")]
    public void Text_is_recognised_by_its_columns(string names, string values, string expected)
    {
        string[] columns = names.Split(',');
        string[] cells = values.Split(',', columns.Length);
        Write(File, [.. columns.Select(Text), Text("video")], [[.. cells.Select(cell => new[] { cell }), new[] { "v.mp4" }]]);

        IEnumerable<string> messages = Samples().Single().Messages.Select(message => $"{message.Role}:{message.Content}");
        Assert.That(string.Join('|', messages).Replace("<video>", string.Empty, StringComparison.Ordinal), Is.EqualTo(expected));
    }

    [Test]
    public void A_clip_is_a_path_bytes_or_a_struct_of_both_and_null_is_none()
    {
        Write(File, [Text("video"), Bytes("audio"), Clip("image")],
        [[
            new[] { "v.mp4", null, null, null, null },
            new byte[]?[] { [1, 2, 3], null, [], null, null },
            new Nested<byte[]?>?[] { new([9, 9]), new(null), new(null), null, new([]) },
            new Nested<string?>?[] { new("a.png"), new("b.png"), new(null), null, new(null) },
        ]]);

        Sample[] samples = Samples();

        Assert.That(samples[0].Clips.Select(Describe), Is.EqualTo(new[]
        {
            $"Video v.mp4 file {_folder}/v.mp4", "Audio 3 bytes, number 1 of the row bytes 010203", "Image a.png (2 bytes, number 2 of the row) bytes 0909",
        }));
        Assert.That(samples[1].Clips.Select(Describe), Is.EqualTo(new[] { $"Image b.png file {_folder}/b.png" }));
        Assert.That(samples[2].Clips.Select(Describe), Is.EqualTo(new[] { "Audio 0 bytes, number 1 of the row bytes " }), "an empty clip is a clip");
        Assert.That(samples[3].Clips, Is.Empty);
        Assert.That(samples[4].Clips.Select(Describe), Is.EqualTo(new[] { "Image 0 bytes, number 1 of the row bytes " }));
    }

    [Test]
    public void Lists_of_clips_may_have_null_elements_and_elements_of_null_bytes()
    {
        Write(File, [List("images", Clip("element")), List("audios", Bytes("element")), List("videos", List("element", Text("element")))],
        [[
            new Nested<byte[]?>?[]?[] { [new([1]), null, new(null), new(null), new([])], [], null },
            new Nested<string?>?[]?[] { [new(null), null, new("p.png"), new(null), new("e.png")], [], null },
            new byte[]?[]?[] { [[5], null, []], [], null },
            new string?[]?[]?[] { [["f1.png", "f2.png"], ["g.png"]], [], null },
        ]]);

        Sample[] samples = Samples();

        Assert.That(samples[0].Clips.Select(Describe), Is.EqualTo(new[]
        {
            "Image 1 bytes, number 1 of the row bytes 01",
            $"Image p.png file {_folder}/p.png",
            "Image e.png (0 bytes, number 2 of the row) bytes ",
            "Audio 1 bytes, number 3 of the row bytes 05",
            "Audio 0 bytes, number 4 of the row bytes ",
            "Video f1.png … (2 frames) frames f1.png f2.png",
            "Video g.png … (1 frames) frames g.png",
        }));
        Assert.That(samples[1].Clips.Concat(samples[2].Clips), Is.Empty);
    }

    [Test]
    public void Content_may_be_a_list_of_parts_that_hold_clips()
    {
        Node part = Struct("element", Text("type"), Text("text"), Clip("image"));
        Write(File, [List("messages", Struct("element", Text("role"), List("content", part)))],
        [[
            new Nested<string?>?[]?[] { [new("user")] },
            new Nested<Nested<string?>?[]?>?[]?[] { [new([new("text"), new("image"), new("image")])] },
            new Nested<Nested<string?>?[]?>?[]?[] { [new([new("look"), new(null), new(null)])] },
            new Nested<Nested<Nested<byte[]?>?>?[]?>?[]?[] { [new([new(null), new(new Nested<byte[]?>([7])), new(new Nested<byte[]?>(null))])] },
            new Nested<Nested<Nested<string?>?>?[]?>?[]?[] { [new([new(null), new(new Nested<string?>(null)), new(new Nested<string?>("b.png"))])] },
        ]]);

        Sample sample = Samples().Single();

        Assert.That(sample.Messages.Single().Content, Is.EqualTo("look<image><image>"));
        Assert.That(sample.Clips.Select(Describe), Is.EqualTo(new[] { "Image 1 bytes, number 1 of the row bytes 07", $"Image b.png file {_folder}/b.png" }));
    }

    [Test]
    public void Columns_with_other_names_can_be_said()
    {
        Write(File, [Clip("img"), Text("caption")], [[new Nested<byte[]?>?[] { new([1]) }, new Nested<string?>?[] { new("a.png") }, new[] { "c" }]]);

        Assert.That(() => Samples(), Throws.InstanceOf<ManifestException>().With.Message.EqualTo(
            $"No column of {File} names clips; its columns are img, caption. "
            + "Say which does: --columns NAME=video (or audio, image), or ManifestOptions.Columns."));
        Sample sample = Samples(new() { Columns = new Dictionary<string, string> { ["img"] = "image", ["caption"] = "response" } }).Single();
        Assert.That(sample.Clips.Single().AsWritten, Is.EqualTo("a.png (1 bytes, number 1 of the row)"));
        Assert.That(
            () => Samples(new() { Columns = new Dictionary<string, string> { ["imgs"] = "image" } }),
            Throws.InstanceOf<ManifestException>().With.Message.EqualTo($"{File} has no column 'imgs'; its columns are img, caption."));
        Assert.That(
            () => Samples(new() { Columns = new Dictionary<string, string> { ["img"] = "image", ["caption"] = "image" } }),
            Throws.InstanceOf<ManifestException>().With.Message.EqualTo($"{File} has two columns for 'image'."));
    }

    [Test]
    public void Metadata_names_files_beside_it()
    {
        string metadata = Path.Combine(_folder, "train", "metadata.parquet");
        Directory.CreateDirectory(Path.GetDirectoryName(metadata)!);
        Write(
            metadata,
            [Text("file_name"), Text("mask_file_name"), Text("text")],
            [[new[] { "a/b.wav", "../up.wav" }, new[] { "m.png", null }, new[] { "t", "t" }]]);

        ManifestRow[] rows = [.. new ParquetManifest(metadata, Options).ReadRowsAsync().ToBlockingEnumerable()];

        Assert.That(((SampleRow)rows[0]).Sample.Clips.Select(clip => (clip.Kind, clip.Path)), Is.EqualTo(
            new[] { (ClipKind.Audio, $"{_folder}/train/a/b.wav"), (ClipKind.Image, $"{_folder}/train/m.png") }));
        Assert.That(rows[1], Is.InstanceOf<BadRow>());
        Assert.That(new ParquetManifest(metadata).Kind, Is.EqualTo("Parquet with file names, beside their files"));
    }

    [Test]
    public void Values_that_no_row_can_have_are_bad_rows_and_the_next_is_read()
    {
        Write(File, [Text("image"), Text("query")],
        [[
            new[] { "a.png", "b.png", "c.png", "d.png" },
            new[] { "q", new string('x', 2_000), "\ud800", "r" },
        ]]);

        ManifestRow[] rows = [.. new ParquetManifest(File, Options with { MaxLineBytes = 1_000 }).ReadRowsAsync().ToBlockingEnumerable()];

        Assert.That(rows.Select(row => row is SampleRow), Is.EqualTo(new[] { true, false, true, true }));
        Assert.That(((BadRow)rows[1]).Message, Is.EqualTo("found a row of more than 1000 bytes without its clips, expected at most 1000 bytes"));
    }

    private static ManifestOptions Options { get; } = new() { RootImageDirectory = null };

    private static string Describe(ClipReference clip) => $"{clip.Kind} {clip.AsWritten} " + clip.Source switch
    {
        FileSource file => $"file {file.Path}",
        MemorySource held => $"bytes {Convert.ToHexString(held.Bytes.Span)}",
        FileListSource list => $"frames {string.Join(' ', list.Paths.Select(Path.GetFileName))}",
        _ => $"{clip.Source}{clip.Refusal}",
    };

    private Sample[] Samples(ManifestOptions? options = null) =>
    [
        .. new ParquetManifest(File, (options ?? Options) with { RootImageDirectory = null }).ReadRowsAsync().ToBlockingEnumerable()
            .Select(row => row is SampleRow sample ? sample.Sample : throw new InvalidDataException(((BadRow)row).Message)),
    ];
}
