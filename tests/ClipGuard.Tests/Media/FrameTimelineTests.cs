using System.Buffers.Binary;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Which frames there are and when they are shown, where containers make that hard to tell.</summary>
[CancelAfter(180_000)]
internal sealed class FrameTimelineTests
{
    private const string X264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p";

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void Frames_that_an_edit_list_leaves_out_are_not_missed()
    {
        byte[] film = File.ReadAllBytes(_media.Make("whole.mp4", $"-f lavfi -i testsrc2=s=64x64:d=2 {X264} -g 10"));
        int list = film.AsSpan().IndexOf("elst"u8);
        BinaryPrimitives.WriteInt32BigEndian(film.AsSpan(list + 12), 1000);
        string path = _media.Write("trimmed.mp4", film);

        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new UniformFrames(5) });
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0, 0.24, 0.48, 0.72, 0.96 }).Within(0.001));
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        Assert.That(Look(path).Damage, Is.EqualTo(DamageReport.None));
    }

    [Test]
    public void An_mp4_that_lacks_its_last_frames_is_still_found_out()
    {
        byte[] film = File.ReadAllBytes(_media.Make("fast.mp4", $"-f lavfi -i testsrc2=s=64x64:d=2 {X264} -g 10 -movflags +faststart"));
        string path = _media.Write("cut.mp4", film.AsSpan(0, film.Length * 9 / 10));

        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
        Assert.That(Look(path).Damage!.MissingFrameCount, Is.InRange(1, 20));
    }

    [Test]
    public void A_cut_off_webm_is_found_out_by_a_look_too()
    {
        byte[] film = File.ReadAllBytes(_media.Make("whole.mkv", $"-f lavfi -i testsrc2=s=64x64:d=6 {X264} -g 10"));
        string path = _media.Write("cut.mkv", film.AsSpan(0, film.Length / 2));

        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
        Assert.That(Look(path).Damage!.MissingFrameCount, Is.InRange(25, 125));
    }

    [Test]
    public void Frames_that_are_never_shown_are_not_counted()
    {
        string log = _media.PathOf("passes");
        string source = "-f lavfi -i testsrc2=s=128x96:d=6 -c:v libvpx -b:v 100k";
        FfmpegProgram.Run($"{source} -pass 1 -passlogfile \"{log}\" -f null -");
        string path = _media.Make(
            "hidden.webm", $"{source} -pass 2 -passlogfile \"{log}\" -auto-alt-ref 1 -lag-in-frames 25 -arnr-maxframes 7 -arnr-strength 5");
        Assert.That(FfmpegProgram.Probe($"-show_entries packet=size -of csv=p=0 \"{path}\""), Has.Length.GreaterThan(150), "the clip must have hidden frames");

        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new IndexFrames([-1, 149, 100, 2]) });
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 5.96, 5.96, 4, 0.08 }).Within(0.002));
        Assert.That(decode.Clip.Damage, Is.EqualTo(new DamageReport { RepeatedFrameCount = 1 }));
    }

    [Test]
    public void Two_frames_at_one_time_leave_the_times_of_the_others_alone()
    {
        // Ten frames, the fourth at the time of the third; from the sixth on a second apart.
        string path = _media.Make(
            "twins.mkv", "-f lavfi -i testsrc2=s=64x64:r=10:d=1 -c:v ffv1 -enc_time_base 1:1000 "
                + "-bsf:v setts=ts=if(gt(N\\,5)\\,(N-5)*1000\\,N*100-100*eq(N\\,3))");
        string[] times = FfmpegProgram.Probe($"-show_entries packet=pts_time -of csv=p=0 \"{path}\"");
        Assume.That(times.Distinct().Count(), Is.EqualTo(9), string.Join(' ', times));

        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new IndexFrames([0, 2, 3, 5, 9]) });
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0, 0.2, 0.2, 0.5, 4 }).Within(0.002));
    }

    [Test]
    public void Key_frames_of_a_bare_stream_are_known()
    {
        string path = _media.Make("bare.h264", $"-f lavfi -i testsrc2=s=64x64:d=2 {X264} -g 10 -bf 2");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new KeyFrames() });
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0, 0.4, 0.8, 1.2, 1.6 }).Within(0.002));
    }

    [Test]
    public void A_bare_stream_is_as_fast_as_its_codec_says()
    {
        // 7 and later give 25 for the average of all of them.
        string path = _media.Make("fast.h264", $"-f lavfi -i testsrc2=s=64x64:r=50:d=1 {X264} -bf 2");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new IndexFrames([0, 1, 49]) });
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0, 0.02, 0.98 }).Within(0.002));
        using DirectDecode look = DirectDecode.Of(path, new InspectSpec());
        Assert.That(ClipDescription.Read(look.Bytes).Streams.Single().FrameRateHz, Is.EqualTo(50));
    }

    [Test]
    public void Key_frames_of_a_video_are_those_that_its_container_marks()
    {
        string path = _media.Make("keys.mp4", $"-f lavfi -i testsrc2=s=64x64:d=2 {X264} -g 10 -bf 2");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new KeyFrames { Max = 3 } });
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0, 0.8, 1.6 }).Within(0.002));
    }

    [Test]
    public void Middles_are_those_of_the_range_of_time()
    {
        string path = _media.Make("keys.mp4", $"-f lavfi -i testsrc2=s=64x64:d=2 {X264} -g 10 -bf 2");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new MidpointFrames(2), StartSeconds = 0.4, EndSeconds = 1.24 });

        // Frames 10 to 31: seg 10.5, and 10 + 5.25 + round(0 and 10.5).
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 15 / 25.0, 25 / 25.0 }).Within(0.002));
    }

    [Test]
    public void The_last_picture_of_a_slide_show_is_on_show_to_its_end()
    {
        string path = _media.Make("slides.mkv", "-f lavfi -i testsrc2=s=64x64:r=1/5:d=15 -c:v ffv1");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new TimeFrames([14.5]) });
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 10.0 }));
    }

    [TestCase("large.avi", "-c:v mpeg4 -bf 2 -q:v 1 -g 12")]
    [TestCase("large.mkv", "-c:v mpeg4 -bf 2 -q:v 1 -g 12")]
    public void A_track_too_large_to_be_kept_is_read_again(string name, string codec)
    {
        string path = _media.Make(name, $"-f lavfi -i testsrc2=s=1280x720:r=25:d=3,noise=alls=100:allf=t {codec}");
        Assert.That(new FileInfo(path).Length, Is.GreaterThan(64 << 20), "the clip must be larger than what is kept");

        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new IndexFrames([70, 3, 40]), Size = new ExactSize(32, 32) });
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 2.8, 0.12, 1.6 }).Within(0.002));
        byte[] expected = FfmpegProgram.Run(
            $"-i \"{path}\" -vf select=eq(n\\,70) -frames:v 1 -sws_flags bicubic+accurate_rnd+full_chroma_int -s 32x32 -pix_fmt rgb24 -f rawvideo -");
        Assert.That(decode.Bytes[..expected.Length].ToArray(), Is.EqualTo(expected).Within(2));
    }

    [Test]
    public void A_video_of_uncompressed_pictures_has_all_its_frames()
    {
        string path = _media.Make("film.y4m", "-f lavfi -i testsrc2=s=64x48:r=25:d=0.16");
        Assert.That((Look(path).Kind, Look(path).FoundFrameCount), Is.EqualTo(("video", (long?)4)));
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new IndexFrames([0, 3]) });
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0, 0.12 }).Within(0.001));
    }

    private static StreamDescription Look(string path)
    {
        using DirectDecode decode = DirectDecode.Of(path, new InspectSpec());
        return ClipDescription.Read(decode.Bytes).Streams[0];
    }
}
