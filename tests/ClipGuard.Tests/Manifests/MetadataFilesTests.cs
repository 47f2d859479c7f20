using ClipGuard.Manifests;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

public sealed class MetadataFilesTests : IndexableManifestContract
{
    [TestCase("metadata.jsonl", "{\"file_name\":\"a/b.wav\",\"text\":\"hello\"}\n")]
    [TestCase("metadata.csv", "file_name,text\na/b.wav,hello\n")]
    public void A_row_names_its_file_beside_the_metadata(string name, string content)
    {
        Write("train/" + name, content);
        Write("train/a/unnamed.wav", string.Empty);

        Sample sample = ((SampleRow)Read(Folder).Single()).Sample;

        Assert.That(sample.Clips.Single(), Is.EqualTo(new ClipReference(ClipKind.Audio, "file_name", "a/b.wav")
        {
            Path = Path.Combine(Folder, "train/a/b.wav"),
            Source = new FileSource(Path.Combine(Folder, "train/a/b.wav")),
        }));
        Assert.That(sample.TryGetField("text", out var text) ? text.GetString() : null, Is.EqualTo("hello"));
    }

    [Test]
    public void Further_columns_name_further_files()
    {
        string file = Write(
            "metadata.jsonl",
            """{"image_file_name":"a.png","video_file_name":"b.mp4","file_names":["c.mp3","d.JPG"],"mask_file_name":null,"file_name":""}""");

        ClipReference[] clips = [.. ((SampleRow)Read(file).Single()).Sample.Clips];

        Assert.That(clips.Select(clip => (clip.Kind, clip.Key, clip.AsWritten)), Is.EqualTo(new[]
        {
            (ClipKind.Image, "image_file_name", "a.png"), (ClipKind.Video, "video_file_name", "b.mp4"),
            (ClipKind.Audio, "file_names", "c.mp3"), (ClipKind.Image, "file_names", "d.JPG"),
        }));
    }

    [TestCase("""{"file_name":"../a.wav"}""", "'../a.wav'")]
    [TestCase("""{"file_name":"b/../../a.wav"}""", "'b/../../a.wav'")]
    [TestCase("""{"file_name":"/a.wav"}""", "'/a.wav'")]
    [TestCase("""{"file_name":"file://a.wav"}""", "'file://a.wav'")]
    [TestCase("""{"file_name":"a.txt"}""", "'a.txt'")]
    [TestCase("""{"file_name":7}""", "the number 7")]
    [TestCase("""{"filename":"a.wav","text":"hello"}""", "an object whose keys are filename, text")]
    public void A_row_that_names_no_file_of_the_folder_is_bad(string row, string found) =>
        Assert.That(((BadRow)Read(Write("metadata.jsonl", row)).Single()).Found, Is.EqualTo(found));

    [Test]
    public void A_manifest_of_that_name_in_another_form_is_read_as_ever()
    {
        string file = Write("metadata.jsonl", """{"messages":[{"role":"user","content":"<audio>"}],"audios":["a.wav"]}""");

        Assert.That(((SampleRow)Read(file).Single()).Sample.Clips.Single().Key, Is.EqualTo("audios"));
    }

    [Test]
    public void Metadata_that_cannot_be_read_is_told()
    {
        Write("a/metadata.jsonl", string.Empty);
        Write("b/metadata.csv", string.Empty);
        Assert.That(() => Manifest.Open(Folder), Throws.InstanceOf<ManifestException>().With.Message.Contains("metadata of two kinds"));
    }

    [Test]
    public void A_table_whose_columns_name_no_file_shows_them()
    {
        string file = Write("metadata.csv", "filename,text\na.wav,hello\n");

        Assert.That(() => Read(file), Throws.InstanceOf<ManifestException>().With.Message.Contains("its columns are filename, text"));
    }

    protected override IIndexableManifest Make()
    {
        Write("test/metadata.jsonl", "{\"file_name\":\"1.wav\"}\n\n{\"file_name\":\"2.wav\"}\nbad\n");
        Write("train/metadata.jsonl", "{\"file_name\":\"1.wav\"}\n{\"file_name\":\"2.wav\"}");
        Write("train/more/metadata.jsonl", string.Empty);
        Write("valid/metadata.jsonl", "{\"file_name\":\"é.png\"}\n");
        return Manifest.Open(Folder);
    }

    protected override void Change() => File.AppendAllText(Path.Combine(Folder, "train/metadata.jsonl"), " ");

    private static List<ManifestRow> Read(string path) =>
        Manifest.Open(path, new ManifestOptions { RootImageDirectory = null }).ReadRowsAsync().ToBlockingEnumerable().ToList();

    private string Write(string name, string content)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }
}
