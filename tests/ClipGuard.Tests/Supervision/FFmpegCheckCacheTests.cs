using ClipGuard.Media.Libav;
using ClipGuard.Media.Libav.SelfCheck;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>What is kept from one run to the next of the FFmpeg that passed its check.</summary>
[TestFixture]
internal sealed class FFmpegCheckCacheTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("passed-").FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_is_loaded_is_checked_and_kept_by_its_files()
    {
        if (LibavLoader.FindProblem() is { } problem)
        {
            Assert.Ignore(problem);
        }

        string file = Path.Combine(_folder, "made", "on demand");
        var passed = new FFmpegCheckCache(file);
        Assert.That(passed.Read(), Is.Null);
        Assert.That(passed.CheckLoaded(), Is.Null);
        Assert.That(PassedChecks.Parse(passed.Read()), Is.EqualTo(new[] { LoadedLibavFiles.Describe(LibavLoader.Loaded!) }));
        DateTime written = File.GetLastWriteTimeUtc(file);
        Assert.That(passed.CheckLoaded(), Is.Null);
        Assert.That(File.GetLastWriteTimeUtc(file), Is.EqualTo(written), "nothing new");
    }

    [Test]
    public void The_last_sixteen_are_kept_of_this_build_alone()
    {
        var passed = new FFmpegCheckCache(Path.Combine(_folder, "many"));
        for (int i = 0; i < 20; i++)
        {
            passed.Keep($"/lib/libavutil.so.{i}|1|2\n/lib/libavcodec.so.{i}|3|4");
        }

        string[] kept = PassedChecks.Parse(passed.Read());
        Assert.That(kept, Has.Length.EqualTo(16));
        Assert.That(kept[^1], Is.EqualTo("/lib/libavutil.so.19|1|2\n/lib/libavcodec.so.19|3|4"));
        string text = passed.Read()!;
        Assert.That(PassedChecks.Parse(text.Replace("ClipGuard ", "ClipGuard 0", StringComparison.Ordinal)), Is.Empty, "another build");
        Assert.That(PassedChecks.Parse(string.Empty), Is.Empty);
        Assert.That(PassedChecks.Parse(null), Is.Empty);
    }

    [Test]
    public void Where_it_cannot_be_kept_nothing_is_said()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "no folder");
        var passed = new FFmpegCheckCache(Path.Combine(file, "below"));
        passed.Keep("/lib/libavutil.so.59|1|2");
        Assert.That(passed.Read(), Is.Null);
    }
}
