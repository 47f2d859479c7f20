using ClipGuard.Manifests;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

public sealed class FolderManifestTests : IndexableManifestContract
{
    protected override IIndexableManifest Make()
    {
        foreach (string path in new[] { "b/2.PNG", "a/1.wav", "a/deep/3.mp4", "top.flac", "readme.txt", "z.webp", ".hidden.wav" })
        {
            Touch(path);
        }

        return new FolderManifest(Folder);
    }

    protected override void Change() => Touch("c.wav");

    [Test]
    public void Files_are_clips_of_the_kind_that_their_extension_says()
    {
        Sample[] samples = [.. Make().ReadRowsAsync().ToBlockingEnumerable().Select(row => ((SampleRow)row).Sample)];

        Assert.That(samples.Select(sample => (sample.Clips.Single().AsWritten, sample.Clips.Single().Kind)), Is.EqualTo(new[]
        {
            ("a/1.wav", ClipKind.Audio),
            ("a/deep/3.mp4", ClipKind.Video),
            ("b/2.PNG", ClipKind.Image),
            ("top.flac", ClipKind.Audio),
            ("z.webp", ClipKind.Image),
        }));
        Assert.That(
            samples.Select(sample => sample.TryGetField("folder", out var folder) ? folder.GetString() : null), Is.EqualTo(new[] { "a", "a", "b", "", "" }));
    }

    [Test]
    public void Links_to_folders_are_not_followed_and_links_to_files_are_files()
    {
        Make();
        Directory.CreateSymbolicLink(Path.Combine(Folder, "a/up"), Folder);
        Directory.CreateSymbolicLink(Path.Combine(Folder, "again"), Path.Combine(Folder, "b"));
        File.CreateSymbolicLink(Path.Combine(Folder, "b/link.wav"), Path.Combine(Folder, "a/1.wav"));

        Sample[] samples = [.. new FolderManifest(Folder).ReadRowsAsync().ToBlockingEnumerable().Select(row => ((SampleRow)row).Sample)];

        Assert.That(
            samples.Select(sample => sample.Clips.Single().AsWritten),
            Is.EqualTo(new[] { "a/1.wav", "a/deep/3.mp4", "b/2.PNG", "b/link.wav", "top.flac", "z.webp" }));
    }

    [Test]
    public void A_folder_that_is_not_there_is_said_by_name()
    {
        Assert.That(() => new FolderManifest("/nowhere/at/all").IndexAsync(), Throws.InstanceOf<ManifestException>().With.Message.Contains("/nowhere/at/all"));
    }

    private void Touch(string path)
    {
        string full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, []);
    }
}
