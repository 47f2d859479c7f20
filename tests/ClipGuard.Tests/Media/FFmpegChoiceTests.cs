using ClipGuard.Media.Libav;
using ClipGuard.Media.Libav.SelfCheck;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Which FFmpeg is taken, and whether the one that was loaded passes the check of it.</summary>
[CancelAfter(60_000)]
internal sealed class FFmpegChoiceTests
{
    private static readonly string[] Files =
    [
        "/lib/libavutil.so.59.39.100", "/lib/libswresample.so.5", "/lib/libswscale.so.8.3", "/lib/libavcodec.so.61", "/lib/libavformat.so.61",
    ];

    [Test]
    public void Without_a_choice_every_release_may_be_taken_and_the_newest_is_tried_first()
    {
        var any = LibavReleaseRequest.Parse(null, out string? problem);
        Assert.That(problem, Is.Null);
        Assert.That(LibavRelease.All.Where(any.Allows).Select(release => release.Major), Is.EqualTo(new[] { 9, 8, 7, 6, 5 }));
    }

    [Test]
    public void A_number_allows_that_major_version_alone()
    {
        var seven = LibavReleaseRequest.Parse("7", out string? problem);
        Assert.That(problem, Is.Null);
        Assert.That(LibavRelease.All.Where(seven.Allows).Select(release => release.Codec), Is.EqualTo(new[] { 61 }));
    }

    [TestCase("4", "ClipGuard can call FFmpeg 5.1 to 9 only")]
    [TestCase("10", "ClipGuard can call FFmpeg 5.1 to 9 only")]
    [TestCase("/no/such/folder", "neither a folder nor a major version")]
    public void What_cannot_be_taken_is_said(string choice, string words)
    {
        LibavReleaseRequest.Parse(choice, out string? problem);
        Assert.That(problem, Does.Contain(words));
    }

    [Test]
    public void Files_belong_to_the_release_whose_major_versions_they_bear()
    {
        Assert.That(LibavRelease.All.Single(release => release.IsOf(Files)).Name, Is.EqualTo("7"));
    }

    [Test]
    public void Files_of_two_releases_are_no_set()
    {
        Assert.That(LibavRelease.All.Any(release => release.IsOf([.. Files[..4], "/lib/libavformat.so.60"])), Is.False);
    }

    [Test]
    public void The_FFmpeg_in_use_passes_its_check()
    {
        Assert.That(LibavLoader.FindProblem() ?? LibavSelfCheck.FindProblem(), Is.Null);
    }

    [Test]
    public void Another_FFmpeg_cannot_be_had_in_the_same_process()
    {
        Assert.That(LibavLoader.FindProblem(), Is.Null);
        Assert.That(LibavLoader.FindProblem("/usr"), Does.Contain("in use in this process already"));
    }

    [Test]
    public void The_files_in_use_are_found_and_a_replaced_one_is_noticed()
    {
        Assert.That(LibavLoader.FindProblem(), Is.Null);
        string files = LoadedLibavFiles.Describe(LibavLoader.Loaded!);
        Assert.That(LoadedLibavFiles.Paths(files), Has.Length.EqualTo(5).And.All.Matches<string>(File.Exists));
        Assert.That(LibavLoader.Loaded!.Release.IsOf(LoadedLibavFiles.Paths(files)));
        Assert.That(LoadedLibavFiles.FindChanged(files), Is.Null);
        Assert.That(LoadedLibavFiles.FindChanged(files.Replace("|", "|1")), Is.EqualTo(LoadedLibavFiles.Paths(files)[0]));
    }
}
