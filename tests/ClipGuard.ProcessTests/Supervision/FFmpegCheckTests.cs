using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>FFmpeg is checked in a helper of its own before the first decode: one that cannot be used is refused, and no clip is blamed for it.</summary>
[CancelAfter(60_000)]
internal sealed class FFmpegCheckTests
{
    [Test]
    public async Task The_installed_FFmpeg_is_taken_by_its_major_version(CancellationToken cancellation)
    {
        Assert.That(LibavLoader.FindProblem(), Is.Null);
        string major = $"{LibavLoader.Loaded!.Release.Major}";
        await using Supervisor supervisor = await Supervisor.StartAsync(Options(major), cancellation: cancellation);
        Assert.That(supervisor.DecoderVersion, Is.EqualTo(LibavLoader.Version));
        Assert.That(supervisor.DecoderFiles, Is.EqualTo(LibavLoader.Files).And.Length.EqualTo(LibavRelease.Libraries.Length));
        using DecodeOutcome outcome = await supervisor.DecodeAsync(
            new DecodeRequest(new FileSource(Repository.SampleClip("good/alpha.png")), new ImageSpec()), cancellation);
        Assert.That(outcome.IsClip);
    }

    [Test]
    public void A_folder_without_FFmpeg_is_said_to_be_one(CancellationToken cancellation)
    {
        using var media = new MediaFolder();
        string folder = FolderOf(media);
        HelperUnavailableException refused = Assert.ThrowsAsync<HelperUnavailableException>(
            () => Supervisor.StartAsync(Options(folder), cancellation: cancellation))!;
        Assert.That(refused.DecoderMissing);
        Assert.That(refused.Message, Does.Contain($"are not all in {folder}"));
    }

    [Test]
    public void An_FFmpeg_that_its_process_dies_of_is_refused(CancellationToken cancellation)
    {
        using var media = new MediaFolder();
        string code = media.Write("dies.c", "#include <stdlib.h>\n__attribute__((constructor)) static void die(void) { abort(); }\n"u8.ToArray());
        foreach (string file in LibavRelease.All[0].FileNames)
        {
            Compile(code, media.PathOf(file));
        }

        HelperUnavailableException refused = Assert.ThrowsAsync<HelperUnavailableException>(
            () => Supervisor.StartAsync(Options(FolderOf(media)), cancellation: cancellation))!;
        Assert.That(refused.DecoderMissing);
        Assert.That(refused.Message, Does.StartWith("FFmpeg is not used: the helper that checked it died of SIGABRT."));
    }

    private static SupervisorOptions Options(string ffmpeg) => new()
    {
        HelperPath = PublishedCommand.HelperProgram,
        FFmpeg = ffmpeg,
        Workers = 1,
        Spares = 0,
    };

    private static string FolderOf(MediaFolder media) => Path.GetDirectoryName(media.PathOf("file"))!;

    private static void Compile(string code, string library)
    {
        try
        {
            using var compiler = Process.Start("cc", ["-shared", "-fPIC", code, "-o", library]);
            compiler.WaitForExit();
            Assert.That(compiler.ExitCode, Is.Zero);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("There is no C compiler.");
        }
    }
}
