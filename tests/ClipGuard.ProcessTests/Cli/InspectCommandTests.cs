using System.Text.Json;
using System.Text.RegularExpressions;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Cli;

[Parallelizable]
[CancelAfter(60_000)]
public sealed class InspectCommandTests
{
    [TestCase("good/h264.mp4", "mov,mp4,m4a,3gp,3g2,mj2, 2 s|video: h264, 192×144, yuv420p, 25 frames a second, 2 s|50 of 50 promised frames|none"
        + "|audio: aac, 44100 Hz, 1 channel, fltp, 2 s|88,200 samples|none")]
    [TestCase("good/rotated.mp4", "mov,mp4,m4a,3gp,3g2,mj2, 2 s|video: h264, 192×144, yuv420p, turned by 270° clockwise, 25 frames a second, 2 s"
        + "|50 of 50 promised frames|none")]
    [TestCase("good/exif-orientation.jpg", "jpeg_pipe|image: mjpeg, 160×120, yuvj420p, colours bt470bg, full range, turned by 90° clockwise|1 frame|none")]
    [TestCase("good/tone.wav", "wav, 1.5 s|audio: pcm_s16le, 8000 Hz, 1 channel, s16, 1.5 s|12,000 samples|none")]
    [TestCase("bad/overwritten.mp3", "mp3, 2.038 s|audio: mp3, 44100 Hz, 2 channels, fltp, 2.038 s|43,823 samples|2 refused packets, 42,624 missing samples, "
        + "the first at 0.45 s")]
    public void A_clip_is_described_line_by_line(string clip, string expected)
    {
        // From 8 on the demuxer of MP3 leaves padding out of the length that it tells.
        if (InstalledFFmpeg.Major >= 8)
        {
            expected = expected.Replace("2.038 s", "2 s", StringComparison.Ordinal).Replace("42,624", "42,073", StringComparison.Ordinal);
        }

        CommandRun run = PublishedCommand.Run("inspect", Sample(clip));

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, string.Empty)));
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.That(lines[0], Does.StartWith(Sample(clip) + ": "));
        Assert.That(lines.Select((line, i) => i == 0 ? line[(Sample(clip).Length + 2)..] : line[11..]), Is.EqualTo(expected.Split('|')));
    }

    [Test]
    public void Without_counting_it_says_what_the_headers_promise()
    {
        CommandRun run = PublishedCommand.Run("inspect", "--headers", Sample("good/h264.mp4"));

        Assert.That(run.Output, Does.Contain("not counted, 50 frames promised").And.Not.Contain("damage"));
    }

    [Test]
    public void As_json_it_is_one_object()
    {
        CommandRun run = PublishedCommand.Run("inspect", "--json", Sample("good/h264.mp4"));

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, string.Empty)));
        using JsonDocument read = JsonDocument.Parse(run.Output);
        JsonElement clip = read.RootElement;
        Assert.That(Names(clip), Is.EqualTo(new[] { "clip", "format", "durationSeconds", "streams" }));
        Assert.That(clip.GetProperty("clip").GetString(), Is.EqualTo(Sample("good/h264.mp4")));
        JsonElement video = clip.GetProperty("streams")[0];
        Assert.That(Names(video), Is.EqualTo(new[]
        {
            "index", "kind", "codec", "durationSeconds", "width", "height", "pixelFormat", "rotationDegrees", "mirrored", "isMain",
            "interlacedFrames", "frameRateHz", "promisedFrames",
            "foundFrames", "damage",
        }));
        Assert.That(Names(video.GetProperty("damage")), Is.EqualTo(new[]
        {
            "concealedFrames", "corruptFrames", "refusedPackets", "missingFrames", "missingSamples", "repeatedFrames", "damagedWantedFrames",
        }));
        Assert.That(Names(clip.GetProperty("streams")[1]), Is.EqualTo(new[]
        {
            "index", "kind", "codec", "durationSeconds", "isMain", "sampleRateHz", "channels", "sampleFormat", "foundFrames", "foundSamples",
            "damage",
        }));
    }

    [TestCase("bad/missing.mp4", "Missing", "open")]
    [TestCase("bad/playlist.mp4", "Unsupported", "open")]
    [TestCase("bad/cut-off.mp4", "Corrupt", "open")]
    [TestCase("bad/huge.png", "LimitExceeded", "open")]
    [TestCase("bad/busy.svg", "Stalled", "probe")]
    [TestCase("bad/endless.vgm", "TimedOut", "decode|read")]
    public async Task A_bad_clip_is_a_verdict_as_text_and_as_json(string clip, string fault, string stage)
    {
        // Whether the decoder gives up by itself or is killed while it reads on is a matter of who gets the processor first.
        string[] clocks = fault is "Stalled" or "TimedOut" ? ["--stall", "0.6", "--timeout", "1.5"] : [];
        CommandRun[] runs = await Task.WhenAll(
            Task.Run(() => PublishedCommand.Run(["inspect", Sample(clip), .. clocks])),
            Task.Run(() => PublishedCommand.Run(["inspect", "--json", Sample(clip), .. clocks])));
        (CommandRun text, CommandRun json) = (runs[0], runs[1]);
        Assert.That((text.ExitCode, text.Output), Is.EqualTo((1, string.Empty)));
        Assert.That(WithoutHurry(text.Error), Does.Match($"^clipguard: {Regex.Escape(Sample(clip))} is {fault} in ({stage}): "));

        Assert.That((json.ExitCode, WithoutHurry(json.Error)), Is.EqualTo((1, string.Empty)));
        using JsonDocument read = JsonDocument.Parse(json.Output);
        Assert.That(Names(read.RootElement).Take(4), Is.EqualTo(new[] { "clip", "fault", "stage", "message" }));
        Assert.That(read.RootElement.GetProperty("fault").GetString(), Is.EqualTo(fault));
        Assert.That(read.RootElement.GetProperty("stage").GetString(), Does.Match($"^({stage})$"));
        Assert.That(read.RootElement.GetProperty("attempts").GetInt32(), Is.EqualTo(fault is "Stalled" or "TimedOut" ? 2 : 1));
    }

    // On a busy machine a clip may be tried again for its verdict, and the command says so first.
    private static string WithoutHurry(string error) =>
        string.Join('\n', error.Split('\n').Where(line => !line.StartsWith("clipguard: not decided yet", StringComparison.Ordinal)));

    [TestCase("inspect")]
    [TestCase("inspect", "a.wav", "b.wav")]
    [TestCase("inspect", "a.wav", "--frames", "4")]
    public void Wrong_use_is_said(params string[] arguments)
    {
        CommandRun run = PublishedCommand.Run(arguments);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("clipguard: ").And.Contain("clipguard inspect --help"));
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];

    private static string Sample(string clip) => Repository.SampleClip(clip);
}
