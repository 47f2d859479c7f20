using System.Diagnostics;
using System.Text;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Cli;

/// <summary><c>clipguard decode CLIP --against ffmpeg</c>.</summary>
[Parallelizable]
[CancelAfter(240_000)]
public sealed class ParityTests
{
    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void A_sound_agrees_to_the_sample()
    {
        string path = _media.Make("tone.flac", "-f lavfi -i sine=d=1:r=44100 -ac 2");

        CommandRun run = Compare(path);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, string.Empty)));
        Assert.That(run.Output.Trim(), Is.EqualTo($"{path}: audio (flac, flac) agrees: 44,100 samples in both; values at most 0.0e+0 apart"));
    }

    [Test]
    public void A_video_agrees_in_its_frames_their_times_and_its_sound()
    {
        string path = _media.Make(
            "film.mkv", "-f lavfi -i testsrc2=s=96x64:r=25:d=2 -f lavfi -i sine=d=2 -vf select='not(mod(n\\,3))+gt(n\\,20)' -fps_mode vfr -c:v libx264 "
                + "-pix_fmt yuv420p -bf 2 -c:a flac");

        CommandRun run = Compare(path);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, string.Empty)), run.Output);
        Assert.That(run.Output, Does.Match(
            @"film\.mkv: video \(matroska, h264\) agrees: 36 frames in both; times at most 0 s apart; values at most [01] of 255 apart"));
        Assert.That(run.Output, Does.Match(@"film\.mkv: audio \(matroska, flac\) agrees: 8\d,\d+ samples in both"));
    }

    [Test]
    public void What_differs_is_told_with_its_figures()
    {
        string path = _media.Make("noise.wav", "-f lavfi -i anoisesrc=d=1:r=8000:seed=3");
        string stand = StandIn("zeros", "head -c 40000 /dev/zero");

        CommandRun run = PublishedCommand.Run("decode", path, "--against", stand);

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(run.Output, Does.Match(
            @"noise\.wav: audio \(wav, pcm_s16le\) differs: 8,000 samples here, 10,000 by ffmpeg; values at most [1-9]\.\de(-1|\+0) apart"));
    }

    [Test]
    public void A_program_that_never_ends_is_ended_at_the_deadline()
    {
        string path = _media.Make("short.wav", "-f lavfi -i sine=d=1:r=8000");
        string stand = StandIn("endless", "exec sleep 300");

        CommandRun run = PublishedCommand.Run("decode", path, "--against", stand, "--timeout", "5");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(run.Output, Does.Contain("here it is decoded, and ffmpeg says it was not done within 5 s"));
    }

    [Test]
    public void A_folder_gives_those_that_differ_and_a_table()
    {
        string folder = Path.GetDirectoryName(_media.PathOf("x"))!;
        string set = Directory.CreateDirectory(Path.Combine(folder, "set")).FullName;
        File.Copy(_media.Make("one.wav", "-f lavfi -i sine=d=1:r=8000"), Path.Combine(set, "one.wav"));
        File.Copy(_media.Make("two.wav", "-f lavfi -i sine=d=2:r=8000"), Path.Combine(set, "two.wav"));
        File.Copy(_media.Make("still.png", "-f lavfi -i testsrc2=s=32x24 -frames:v 1"), Path.Combine(set, "still.png"));
        File.WriteAllText(Path.Combine(set, "notes.txt"), "no clip");
        File.WriteAllBytes(Path.Combine(set, "noise.mp4"), [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7919 >> 3))]);

        CommandRun run = Compare(set);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, string.Empty)), run.Output);
        string[][] rows = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        Assert.That(rows[0], Is.EqualTo(new[]
        {
            "container", "codec", "kind", "compared", "agree", "length differs", "times differ", "values differ", "most apart", "refused here",
                "refused there", "by both",
        }));
        Assert.That(rows.Skip(1), Does.Contain((string[])["wav", "pcm_s16le", "audio", "2", "2", "-", "-", "-", "0.0e+0", "-", "-", "-"]));
        Assert.That(rows.Skip(1), Does.Contain((string[])["png_pipe", "png", "image", "1", "1", "-", "-", "-", "0 of 255", "-", "-", "-"]));
        Assert.That(rows.Skip(1), Does.Contain((string[])["all", "3", "3", "-", "-", "-", "-", "-", "1"]));
    }

    [Test]
    public void A_missing_program_is_named_with_how_to_get_it()
    {
        CommandRun run = PublishedCommand.Run("decode", _media.Make("short.wav", "-f lavfi -i sine=d=1:r=8000"), "--against", "no-such-ffmpeg");

        Assert.That(run.ExitCode, Is.EqualTo(3));
        Assert.That(run.Error, Is.EqualTo(
            "clipguard: The program no-such-ffmpeg is not installed or not executable. On Debian and Ubuntu: apt-get install ffmpeg.\n"));
    }

    [TestCase("--against ffmpeg --out x.npy", "--against compares and --out writes: give one or the other")]
    [TestCase("", "Option '--out' is required")]
    public void It_is_one_or_the_other(string options, string complaint)
    {
        CommandRun run = PublishedCommand.Run(["decode", "x.wav", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain(complaint));
    }

    private static CommandRun Compare(string path) => PublishedCommand.Run("decode", path, "--against", "ffmpeg");

    // A program that does something where ffmpeg would write samples.
    private string StandIn(string name, string what)
    {
        string path = _media.Write(name, Encoding.ASCII.GetBytes($"#!/bin/sh\ncase \"$*\" in *f32le*) {what};; esac\n"));
        using Process mode = Process.Start("chmod", ["500", path]);
        mode.WaitForExit();
        return path;
    }
}
