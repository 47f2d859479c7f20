using ClipGuard.Streams;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>The private folder: who may enter it, and what becomes of those of the dead.</summary>
[TestFixture]
internal sealed class StreamGuardFolderTests
{
    [Test]
    public async Task The_next_start_sweeps_what_a_dead_owner_left_and_nothing_else()
    {
        using var media = new MediaFolder();
        string parent = Directory.CreateDirectory(media.PathOf("parent")).FullName;
        string dead = Directory.CreateDirectory(Path.Combine(parent, "clipguard-streams-0123456789ab", "1")).FullName;
        File.WriteAllText(Path.Combine(dead, "reference.y4m"), "left");
        string target = media.Write("kept", "kept"u8);
        File.CreateSymbolicLink(Path.Combine(dead, "link"), target);
        string stranger = Directory.CreateDirectory(Path.Combine(parent, "somebody-elses")).FullName;

        await using var living = new StreamGuard(StreamTestRig.Options with { Folder = parent });
        string[] first = Directory.GetDirectories(parent);
        Assert.That(first, Has.Length.EqualTo(2).And.Contains(stranger));
        Assert.That(File.Exists(target));

        await using var second = new StreamGuard(StreamTestRig.Options with { Folder = parent });
        Assert.That(Directory.GetDirectories(parent), Is.SupersetOf(first).And.Length.EqualTo(3));
        Assert.That(
            new DirectoryInfo(first.Single(folder => folder != stranger)).UnixFileMode,
            Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
    }

    [Test]
    public async Task It_goes_with_its_owner()
    {
        using var media = new MediaFolder();
        string parent = Directory.CreateDirectory(media.PathOf("parent")).FullName;
        await new StreamGuard(StreamTestRig.Options with { Folder = parent }).DisposeAsync();

        Assert.That(Directory.GetDirectories(parent), Is.Empty);
    }
}
