using System.Globalization;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Frames, by time and pixel by pixel, against what the ffmpeg program makes of the same clip with the same scaler flags.</summary>
[CancelAfter(180_000)]
internal sealed class VideoAgainstFfmpegTests
{
    private const int Width = 96;
    private const int Height = 80;
    private const string Moving = "-f lavfi -i testsrc2=s=160x120:r=25:d=3";
    private const string X264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p";

    private static readonly (string Name, string Arguments)[] Clips =
    [
        ("h264.mp4", $"{Moving} {X264} -g 25 -bf 3"),
        ("h264.mkv", $"{Moving} {X264} -g 30 -bf 2"),
        ("h264.ts", $"{Moving} {X264} -g 20"),
        ("h264.flv", $"{Moving} {X264} -g 20"),
        ("one-key.mp4", $"{Moving} {X264} -g 250"),
        ("open-gop.mp4", $"{Moving} {X264} -g 12 -bf 3 -x264-params open-gop=1:scenecut=0"),
        ("fragments.mp4", $"{Moving} {X264} -g 25 -movflags frag_keyframe+empty_moov"),
        ("ten-bit.mkv", $"{Moving} -c:v libx264 -preset veryfast -pix_fmt yuv420p10le"),
        ("full-chroma.mkv", $"{Moving} -c:v libx264 -preset veryfast -pix_fmt yuv444p"),
        ("interlaced.ts", $"{Moving} -c:v mpeg2video -flags +ildct+ilme -pix_fmt yuv420p -b:v 2M"),
        ("hevc.mp4", $"{Moving} -c:v libx265 -preset ultrafast -x265-params log-level=error -g 25"),
        ("vp8.webm", $"{Moving} -c:v libvpx -deadline realtime -cpu-used 8 -g 25"),
        ("vp9.webm", $"{Moving} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25"),
        ("av1.mkv", $"{Moving} -c:v libaom-av1 -cpu-used 8 -usage realtime -g 25"),
        ("mpeg4.avi", $"{Moving} -c:v mpeg4 -bf 2"),
        ("motion.avi", $"{Moving} -c:v mjpeg"),
        ("prores.mov", $"{Moving} -c:v prores_ks"),
        ("lossless.mkv", $"{Moving} -c:v ffv1"),
        ("theora.ogv", $"{Moving} -c:v libtheora"),
        ("media.wmv", $"{Moving} -c:v wmv2"),
        ("moving.gif", Moving),
        ("variable.mp4", $"{Moving} -vf select='not(mod(n\\,3))+lt(n\\,20)' -vsync vfr {X264} -bf 2"),
        ("variable.mkv", $"{Moving} -vf select='not(mod(n\\,5))+gt(n\\,50)' -vsync vfr {X264} -bf 2"),
        ("late-start.mkv", $"{Moving} {X264} -output_ts_offset 7.5"),
        ("bare.h264", $"{Moving} {X264} -bf 2"),
    ];

    private readonly MediaFolder _media = new();

    public static IEnumerable<string> Names => Clips.Select(clip => clip.Name);

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Names))]
    public void Chosen_frames_are_the_frames_that_ffmpeg_shows_at_those_times(string name)
    {
        string path = Make(name);
        double[] times = ShownTimes(path);
        byte[] expected = FfmpegProgram.Run($"-i \"{path}\" -map v:0 -vsync passthrough -vf scale={Width}:{Height}:flags=bicubic+accurate_rnd+full_chroma_int -pix_fmt rgb24 -f rawvideo -");
        int frameBytes = Width * Height * 3;
        Assert.That(expected.Length / frameBytes, Is.EqualTo(times.Length), "the two programs must agree on the number of frames");

        foreach (FrameSelection selection in new FrameSelection[] { new UniformFrames(7), new IndexFrames([5, -1, 0, 5, 21]), new RateFrames(4), new TimeFrames([1.01, 0.5]) })
        {
            using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = selection, Size = new ExactSize(Width, Height) });
            IReadOnlyList<double> got = decode.Clip.FrameTimesSeconds;
            Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { got.Count, Height, Width, 3 }));
            for (int i = 0; i < got.Count; i++)
            {
                int frame = Array.FindIndex(times, time => Math.Abs(time - got[i]) < 0.002);
                Assert.That(frame, Is.GreaterThanOrEqualTo(0), $"{selection}: no frame is shown at {got[i]}");
                int worst = WorstDifference(decode.Bytes.Slice(i * frameBytes, frameBytes), expected.AsSpan(frame * frameBytes, frameBytes));
                Assert.That(worst, Is.LessThanOrEqualTo(1), $"{selection}: frame {frame} at {got[i]}");
            }

            Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None with { RepeatedFrames = decode.Clip.Damage.RepeatedFrames }));
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Uniform_frames_are_spread_over_all_that_are_shown(string name)
    {
        string path = Make(name);
        double[] times = ShownTimes(path);
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new UniformFrames(3), Size = new ExactSize(16, 16) });
        double[] expected = [times[0], times[(int)Math.Round((times.Length - 1) / 2.0, MidpointRounding.ToEven)], times[^1]];
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(expected).Within(0.002));
    }

    [TestCase("h264.mp4", 70, 20)]
    [TestCase("motion.avi", 70, 1)]
    [TestCase("vp9.webm", 70, 21)]
    public void Nothing_is_decoded_that_the_wanted_frame_does_not_need(string name, int frame, int most)
    {
        using DirectDecode decode = DirectDecode.Of(Make(name), new VideoSpec { Selection = new IndexFrames([frame]) });
        Assert.That(decode.Frames, Is.InRange(1, most));
    }

    [Test]
    public void Interlaced_frames_are_marked()
    {
        using DirectDecode decode = DirectDecode.Of(Make("interlaced.ts"), new VideoSpec { Selection = new UniformFrames(4) });
        Assert.That(decode.Clip.InterlacedFrames, Is.EqualTo(4));
    }

    [Test]
    public void A_part_cut_out_by_an_edit_list_is_not_shown()
    {
        string path = _media.Make("edited.mp4", $"-ss 1.5 -i \"{Make("one-key.mp4")}\" -c copy");
        double[] times = ShownTimes(path);
        Assert.That(times, Has.Length.InRange(30, 50), "the program leaves out what the edit list cuts");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new IndexFrames([0, -1]), Size = new ExactSize(Width, Height) });
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0, times[^1] }).Within(0.002));
    }

    [Test]
    public void A_video_that_begins_within_a_group_begins_at_its_first_key_frame()
    {
        byte[] bytes = File.ReadAllBytes(Make("h264.ts"));
        string path = _media.Write("late-key.ts", bytes.AsSpan(188 * (bytes.Length / 188 / 3)));
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new UniformFrames(4) });
        Assert.That(decode.Clip.Shape[0], Is.EqualTo(4));
        Assert.That(decode.Clip.FrameTimesSeconds[^1], Is.InRange(1.0, 2.0));
    }

    [Test]
    public void A_track_is_chosen_by_its_number()
    {
        string path = _media.Make("two.mkv", $"-f lavfi -i color=c=black:s=32x32:d=1 -f lavfi -i color=c=white:s=64x32:d=1 -map 0 -map 1 {X264}");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Track = 1, Size = new OwnSize(), Selection = new UniformFrames(1) });
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, 32, 64, 3 }));
        Assert.That(decode.Bytes[0], Is.GreaterThan(250));
    }

    private static int WorstDifference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int worst = 0;
        for (int i = 0; i < a.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(a[i] - b[i]));
        }

        return worst;
    }

    // Seconds from the first frame on, as ffprobe says. Frames without a time come a 25th of a second after the one before.
    private static double[] ShownTimes(string path)
    {
        string[] lines = FfmpegProgram.Probe($"-select_streams v:0 -show_entries frame=best_effort_timestamp_time -of csv=p=0 \"{path}\"");
        double[] times = new double[lines.Length];
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = double.TryParse(lines[i].Split(',')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double time) ? time
                : i == 0 ? 0
                : times[i - 1] + 0.04;
        }

        return [.. times.Select(time => time - times[0])];
    }

    private string Make(string name) => _media.Make(name, Clips.Single(clip => clip.Name == name).Arguments);
}
