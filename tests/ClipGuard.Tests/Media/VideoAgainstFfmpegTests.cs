using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Media.Selections;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Frames, by time and pixel by pixel, against what the ffmpeg program makes of the same clip with the same scaler flags.</summary>
[CancelAfter(180_000)]
internal sealed class VideoAgainstFfmpegTests
{
    private const int Width = 96;
    private const int Height = 80;
    private const int FrameBytes = Width * Height * 3;
    private const string Moving = "-f lavfi -i testsrc2=s=160x120:r=25:d=3";
    private const string Negative = "-output_ts_offset -0.9 -avoid_negative_ts disabled";
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
        ("vp8.webm", $"{Moving} -c:v libvpx -deadline good -cpu-used 5 -g 25"),
        ("vp9.webm", $"{Moving} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25"),
        ("av1.mkv", $"{Moving} -c:v libaom-av1 -cpu-used 8 -usage realtime -g 25"),
        ("mpeg4.avi", $"{Moving} -c:v mpeg4 -bf 2"),
        ("motion.avi", $"{Moving} -c:v mjpeg"),
        ("prores.mov", $"{Moving} -c:v prores_ks"),
        ("lossless.mkv", $"{Moving} -c:v ffv1"),
        ("theora.ogv", $"{Moving} -c:v libtheora"),
        ("media.wmv", $"{Moving} -c:v wmv2"),
        ("moving.gif", Moving),
        ("variable.mp4", $"{Moving} -vf select='not(mod(n\\,3))+lt(n\\,20)' -fps_mode vfr {X264} -bf 2"),
        ("variable.mkv", $"{Moving} -vf select='not(mod(n\\,5))+gt(n\\,50)' -fps_mode vfr {X264} -bf 2"),
        ("late-start.mkv", $"{Moving} {X264} -output_ts_offset 7.5"),
        ("negative.ts", $"{Moving} {X264} -bf 2 -g 25 -muxdelay 0 -muxpreload 0 {Negative}"),
        ("negative.webm", $"{Moving} -c:v libvpx -deadline good -cpu-used 5 -g 25 {Negative}"),
        ("edited-negative.mp4", $"{Moving} {X264} -bf 2 -g 25 {Negative}"),
        ("bare.h264", $"{Moving} {X264} -bf 2"),
    ];

    // What is wanted, and the numbers of the frames that are to come, by the formulas as FrameFormulaTests has them. Times lie between frames, so that it does
    // not matter to which digit the two programs write them.
    private static readonly (VideoSpec Spec, Func<Shown, int[]> Expected)[] Choices =
    [
        (Of(new UniformFrames(7)), shown => FrameFormulas.Uniform(0, shown.Last, 7)),
        (Of(new MidpointFrames(5)), shown => FrameFormulas.Midpoint(0, shown.Last, 5)),
        (Of(new RateFrames(4)), shown => FrameFormulas.SmartSpread(0, shown.Last, FrameFormulas.SmartCount(shown.Times.Length, shown.Rate, new RateFrames(4)))),
        (
            Of(new RateFrames(2) { Factor = 3 }) with { EndSeconds = 1.73 },
            shown => FrameFormulas.SmartSpread(0, shown.At(1.73), FrameFormulas.SmartCount(shown.At(1.73) + 1, shown.Rate, new RateFrames(2) { Factor = 3 }))),
        (Of(new SmartFrames(9)), shown => FrameFormulas.SmartSpread(0, shown.Last, 8)),
        (Of(new IndexFrames([5, -1, 0, 5, 21, -12])), shown => [5, shown.Last, 0, 5, 21, shown.Last - 11]),
        (Of(new TimeFrames([1.01, 0.49, 0.49])), shown => [shown.At(1.01), shown.At(0.49), shown.At(0.49)]),
        (Of(new KeyFrames()), shown => shown.Keys),
        (Of(new KeyFrames { Max = 2 }), shown => shown.Keys is [var key] ? [key] : [shown.Keys[0], shown.Keys[^1]]),
        (Of(new UniformFrames(4)) with { StartSeconds = 0.47, EndSeconds = 1.73 }, shown => FrameFormulas.Uniform(shown.From(0.47), shown.At(1.73), 4)),
        (Of(new IndexFrames([-1, 0])) with { StartSeconds = 0.47, EndSeconds = 1.73 }, shown => [shown.At(1.73), shown.From(0.47)]),
        (Of(new MidpointFrames(3)) with { StartSeconds = 1.1 }, shown => FrameFormulas.Midpoint(shown.From(1.1), shown.Last, 3)),
    ];

    private readonly MediaFolder _media = new();

    public static IEnumerable<string> Names => Clips.Select(clip => clip.Name);

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Names))]
    public void Chosen_frames_are_those_that_ffmpeg_shows(string name)
    {
        string path = Make(name);
        Shown shown = Shown.By(path);
        byte[] expected = Pictures(path, "bicubic");
        Assert.That(expected.Length / FrameBytes, Is.EqualTo(shown.Times.Length), "the two programs must agree on the number of frames");
        int worst = 0;
        foreach ((VideoSpec spec, Func<Shown, int[]> choose) in Choices)
        {
            using DirectDecode decode = DirectDecode.Of(path, spec);
            int[] frames = choose(shown);
            Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { frames.Length, Height, Width, 3 }), $"{spec.Selection}");
            Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(frames.Select(frame => shown.Times[frame])).Within(0.002), $"{spec.Selection}");
            worst = Math.Max(worst, WorstDifference.Of(decode.Bytes, Pick(expected, frames)));
            Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None with { RepeatedFrameCount = frames.Length - frames.Distinct().Count() }));
        }

        TestContext.Out.WriteLine($"{name}: at most {worst} of 255 apart");
        Assert.That(worst, Is.LessThanOrEqualTo(1));
    }

    [TestCase("h264.mp4", ScaleFilter.Bilinear, "bilinear")]
    [TestCase("h264.mp4", ScaleFilter.Area, "area")]
    [TestCase("ten-bit.mkv", ScaleFilter.Bilinear, "bilinear")]
    [TestCase("full-chroma.mkv", ScaleFilter.Area, "area")]
    public void Other_filters_are_ffmpegs_too(string name, ScaleFilter filter, string flag)
    {
        string path = Make(name);
        using DirectDecode decode = DirectDecode.Of(path, Of(new IndexFrames([0, 33, 74])) with { Filter = filter });
        int worst = WorstDifference.Of(decode.Bytes, Pick(Pictures(path, flag), [0, 33, 74]));
        TestContext.Out.WriteLine($"{name}, {flag}: at most {worst} of 255 apart");
        Assert.That(worst, Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void Times_below_zero_are_among_what_is_compared([Values("negative.ts", "negative.webm", "edited-negative.mp4")] string name)
    {
        string first = FfmpegProgram.Probe($"-select_streams v:0 -show_entries packet=pts_time -of csv=p=0 \"{Make(name)}\"")[0];
        Assert.That(double.Parse(first.TrimEnd(','), CultureInfo.InvariantCulture), Is.EqualTo(-0.9).Within(0.05));
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
        Assert.That(decode.Clip.InterlacedFrameCount, Is.EqualTo(4));
    }

    [Test]
    public void A_part_cut_out_by_an_edit_list_is_not_shown()
    {
        string path = _media.Make("edited.mp4", $"-ss 1.5 -i \"{Make("one-key.mp4")}\" -c copy");
        double[] times = Shown.By(path).Times;
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

    private static VideoSpec Of(FrameSelection selection) => new() { Selection = selection, Size = new ExactSize(Width, Height) };

    private static byte[] Pictures(string path, string flag) =>
        FfmpegProgram.Run(
            $"-i \"{path}\" -map v:0 -fps_mode passthrough -vf scale={Width}:{Height}:flags={flag}+accurate_rnd+full_chroma_int -pix_fmt rgb24 -f rawvideo -");

    private static byte[] Pick(byte[] pictures, int[] frames) => [.. frames.SelectMany(frame => pictures.AsSpan(frame * FrameBytes, FrameBytes).ToArray())];

    private string Make(string name) => _media.Make(name, Clips.Single(clip => clip.Name == name).Arguments);

    /// <summary>
    /// What the ffprobe program says of a video: its average rate, or where there is none its usual one, and of the frames, in the order they are shown,
    /// seconds from the first on, and which are key frames.
    /// </summary>
    private sealed record Shown(double Rate, double[] Times, int[] Keys)
    {
        public int Last => Times.Length - 1;

        // Frames without a time come a 25th of a second after the one before.
        public static Shown By(string path)
        {
            string[][] lines = [.. FfmpegProgram.Probe(
                $"-select_streams v:0 -show_entries stream=r_frame_rate,avg_frame_rate:frame=key_frame,best_effort_timestamp_time -of csv \"{path}\"")
                .Select(line => line.Split(','))];
            string[][] frames = [.. lines.Where(line => line[0] == "frame")];
            double[] times = new double[frames.Length];
            for (int i = 0; i < times.Length; i++)
            {
                times[i] = double.TryParse(frames[i][2], NumberStyles.Float, CultureInfo.InvariantCulture, out double time) ? time
                    : i == 0 ? 0
                    : times[i - 1] + 0.04;
            }

            int[] keys = [.. Enumerable.Range(0, frames.Length).Where(i => frames[i][1] == "1")];
            double[] rates =
            [
                .. lines.First(line => line[0] == "stream")[1..3]
                    .Select(rate => rate.Split('/').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).Aggregate((a, b) => a / b)),
            ];
            return new Shown(rates[1] > 0 ? rates[1] : rates[0], [.. times.Select(time => time - times[0])], keys);
        }

        /// <summary>The frame on show at a time.</summary>
        public int At(double seconds) => Array.FindLastIndex(Times, time => time <= seconds);

        /// <summary>The first frame that begins from a time on.</summary>
        public int From(double seconds) => Array.FindIndex(Times, time => time >= seconds);
    }
}
