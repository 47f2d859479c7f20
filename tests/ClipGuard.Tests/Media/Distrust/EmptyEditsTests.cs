using System.Globalization;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media.Distrust;

/// <summary>Audio in MP4 that begins later than the picture has all its samples.</summary>
[CancelAfter(120_000)]
internal sealed class EmptyEditsTests
{
    private const string Film = "-f lavfi -i testsrc2=s=64x64:r=25:d=2";
    private const int RateHz = 44_100;

    private static readonly AudioSpec Native = new() { SampleRateHz = AudioSpec.NativeRate };

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void Late_audio_is_what_it_is_in_time(
        [Values("aac in mp4", "libmp3lame in mp4", "flac in mp4", "alac in mp4", "aac in mov", "alac in mov")] string kind,
        [Values(0.002, 0.01, 0.02, 0.05, 0.067, 0.09, 0.5, 1.3)] double late)
    {
        (string inTime, string delayed) = Make(kind.Split(' ')[0], late, kind.Split(' ')[2], string.Empty);
        using DirectDecode expected = DirectDecode.Of(inTime, Native);
        using DirectDecode decode = DirectDecode.Of(delayed, Native);
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        Assert.That(decode.Samples.EndsWith(expected.Samples));

        // A delay that is shorter than the encoder's own takes from that: so much of it is no longer left out.
        int more = decode.Samples.Length - expected.Samples.Length;
        Assert.That(more, Is.InRange(
            0, kind.StartsWith("aac", StringComparison.Ordinal) ? 1_024 : kind.StartsWith("libmp3lame", StringComparison.Ordinal) ? 1_105 : 0));
    }

    [Test]
    public void A_time_range_of_late_audio_is_counted_from_its_first_sample([Values("aac -aac_pns 0", "alac")] string codec)
    {
        string path = _media.Make(
            $"long-{codec.Length}.mp4", $"-f lavfi -i testsrc2=s=64x64:r=25:d=9 -itsoffset 0.3 -f lavfi -i sine=d=8:r={RateHz} -c:v mpeg4 -c:a {codec}");
        using DirectDecode whole = DirectDecode.Of(path, Native);
        using DirectDecode part = DirectDecode.Of(path, Native with { StartSeconds = 5.1, DurationSeconds = 1 });
        Assert.That(part.Samples.SequenceEqual(whole.Samples.Slice((int)(5.1 * RateHz), RateHz)));
        Assert.That(part.Frames, Is.LessThan(whole.Frames / 2));
    }

    [Test]
    public void A_video_whose_index_lies_in_front_is_read_so_too()
    {
        (string inTime, string delayed) = Make("alac", 0.05, "mp4", "-movflags +faststart");
        using DirectDecode expected = DirectDecode.Of(inTime, Native);
        using DirectDecode decode = DirectDecode.Of(delayed, Native);
        Assert.That(decode.Samples.SequenceEqual(expected.Samples));
    }

    [Test]
    public void FFmpeg_gets_it_wrong_by_itself()
    {
        // Up to 8 the last packet has a duration that is short by the delay, by which the encoder's padding is told elsewhere; 9 cuts the end off.
        (string inTime, string delayed) = Make("alac", 0.05, "mp4", string.Empty);
        (int wrong, int right) = InstalledFFmpeg.ProgramMajor >= 9 ? (Samples(delayed), Samples(inTime)) : (LastDuration(delayed), LastDuration(inTime));
        Assert.That(wrong, Is.LessThan(right));
    }

    [Test]
    public void A_look_tells_of_it_and_counts_all()
    {
        (_, string delayed) = Make("aac", 0.067, "mp4", string.Empty);
        using DirectDecode whole = DirectDecode.Of(delayed, Native);
        using DirectDecode look = DirectDecode.Of(delayed, new InspectSpec());
        ClipDescription clip = ClipDescription.Read(look.Bytes);
        Assert.That(clip.Notes, Is.EqualTo(new[] { "The audio begins later than the clip; its samples are counted from its own beginning." }));
        Assert.That(clip.Streams.Single(stream => stream.Kind == "audio").FoundSampleCount, Is.EqualTo(whole.Clip.Shape[1]));
    }

    private static int Samples(string path) => FfmpegProgram.Run($"-i \"{path}\" -map a:0 -f f32le -").Length / sizeof(float);

    private static int LastDuration(string path) => int.Parse(
        FfmpegProgram.Probe($"-select_streams a -show_entries packet=duration -of csv=p=0 \"{path}\"")[^1].TrimEnd(','), CultureInfo.InvariantCulture);

    // The same packets twice: beside the picture from the first moment on, and later.
    private (string InTime, string Delayed) Make(string codec, double late, string container, string options)
    {
        string tag = $"{codec}-{options.Length}";
        string audio = _media.Make($"audio-{tag}.{container}", $"-f lavfi -i sine=d=2.04:r={RateHz} -c:a {codec} -strict -2");
        string inTime = _media.Make($"in-time-{tag}.{container}", $"{Film} -i \"{audio}\" -map 0 -map 1 -c:v mpeg4 -c:a copy -strict -2 {options}");
        string seconds = late.ToString(CultureInfo.InvariantCulture);
        return (inTime, _media.Make(
            $"late-{tag}-{seconds}.{container}", $"{Film} -itsoffset {seconds} -i \"{audio}\" -map 0 -map 1 -c:v mpeg4 -c:a copy -strict -2 {options}"));
    }
}
