using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

[CancelAfter(60_000)]
internal sealed class ClipInspectorTests
{
    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void A_look_tells_what_is_promised_and_what_is_found()
    {
        string path = _media.Make(
            "film.mp4",
            "-f lavfi -i testsrc2=s=64x32:r=25:d=1 -f lavfi -i sine=d=1:r=48000 -c:v libx264 -pix_fmt yuv420p "
                + "-colorspace bt709 -color_range tv -c:a aac -ac 2");
        ClipDescription clip = Look(path);
        Assert.Multiple(() =>
        {
            Assert.That(clip.Format, Does.StartWith("mov"));
            Assert.That(clip.DurationSeconds, Is.EqualTo(1).Within(0.05));
            Assert.That(clip.Streams, Has.Count.EqualTo(2));
            StreamDescription video = clip.Streams[0];
            Assert.That((video.Kind, video.Codec, video.Width, video.Height, video.PixelFormat), Is.EqualTo(("video", "h264", 64, 32, "yuv420p")));
            Assert.That((video.ColorMatrix, video.ColorRange, video.RotationDegrees, video.FrameRateHz), Is.EqualTo(("bt709", "tv", 0, 25.0)));
            Assert.That((video.DeclaredFrameCount, video.FoundFrameCount), Is.EqualTo((25L, 25L)));
            StreamDescription audio = clip.Streams[1];
            Assert.That((audio.Kind, audio.Codec, audio.SampleRateHz, audio.Channels), Is.EqualTo(("audio", "aac", 48_000, 2)));
            Assert.That(audio.FoundSampleCount, Is.InRange(48_000, 50_000));
            Assert.That(audio.Damage, Is.EqualTo(DamageReport.None));
        });
    }

    [Test]
    public void A_look_at_a_cut_off_clip_tells_what_is_missing()
    {
        byte[] whole = File.ReadAllBytes(_media.Make("fast.mp4", "-f lavfi -i testsrc2=s=64x64:d=2 -c:v libx264 -pix_fmt yuv420p -movflags +faststart"));
        StreamDescription video = Look(_media.Write("cut.mp4", whole.AsSpan(0, whole.Length / 2))).Streams[0];
        Assert.That(video.DeclaredFrameCount, Is.EqualTo(50));
        Assert.That(video.FoundFrameCount, Is.InRange(5, 45));
        Assert.That(video.Damage!.MissingFrameCount, Is.Positive);
    }

    [Test]
    public void A_cover_is_a_picture_and_no_video()
    {
        string cover = _media.Make("cover.png", "-f lavfi -i color=c=red:s=32x32 -frames:v 1");
        string path = _media.Make("covered.mp3", $"-f lavfi -i sine=d=1 -i \"{cover}\" -map 0 -map 1 -c:v copy -disposition:v attached_pic");
        Assert.That(Look(path).Streams.Select(stream => stream.Kind), Is.EqualTo(new[] { "audio", "picture" }));
    }

    [Test]
    public void An_image_is_no_video_and_says_how_it_is_to_be_turned()
    {
        StreamDescription image = Look(SampleClip("exif-orientation.jpg")).Streams.Single();
        Assert.That((image.Kind, image.Codec, image.Width, image.Height, image.FoundFrameCount), Is.EqualTo(("image", "mjpeg", 160, 120, 1L)));
        Assert.That((image.RotationDegrees, image.Mirrored, image.FrameRateHz, image.DurationSeconds), Is.EqualTo((90, false, (double?)null, (double?)null)));
    }

    [Test]
    public void A_video_says_how_it_is_to_be_turned_and_how_wide_its_pixels_are()
    {
        string plain = _media.Make("wide.mp4", "-f lavfi -i testsrc2=s=64x32:d=0.2,setsar=4/3 -c:v libx264 -pix_fmt yuv420p");
        StreamDescription video = Look(_media.Write("turned.mp4", RotatedVideo.WithMatrix(File.ReadAllBytes(plain), 0, -1, 1, 0))).Streams.Single();
        Assert.That((video.RotationDegrees, video.Mirrored, video.PixelAspect), Is.EqualTo((270, false, "4:3")));
    }

    [Test]
    public void Damaged_audio_is_counted_as_a_decode_would_count_it()
    {
        string path = SampleClip("../bad/overwritten.mp3");
        StreamDescription audio = Look(path).Streams.Single();

        // Behind damage FFmpeg 8 finds the next whole frame sooner.
        Assert.That((audio.Damage!.RefusedPacketCount, audio.Damage.MissingSampleCount), Is.EqualTo((2, InstalledFFmpeg.Major >= 8 ? 42_073 : 42_624)));
        Assert.That(audio.Damage.FirstAt?.TotalSeconds, Is.EqualTo(0.445).Within(0.001));
    }

    [Test]
    public void Where_frames_are_not_counted_nothing_is_decoded()
    {
        using DirectDecode decode = DirectDecode.Of(SampleClip("h264.mp4"), new InspectSpec { CountFrames = false });
        StreamDescription video = ClipDescription.Read(decode.Bytes).Streams[0];
        Assert.That((decode.Frames, video.DeclaredFrameCount, video.FoundFrameCount, video.Damage), Is.EqualTo((0L, 50L, (long?)null, (DamageReport?)null)));
    }

    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("""{"format":"wav","streams":[null]}""")]
    [TestCase("""{"format":"wav","streams":[{"index":0}]}""")]
    [TestCase("""{"format":"wav","streams":[""")]
    public void What_is_no_description_is_not_read(string json) =>
        Assert.That(() => ClipDescription.Read(System.Text.Encoding.UTF8.GetBytes(json)), Throws.InstanceOf<System.Text.Json.JsonException>());

    private static string SampleClip(string name) => Repository.SampleClip($"good/{name}");

    private static ClipDescription Look(string path)
    {
        using DirectDecode decode = DirectDecode.Of(path, new InspectSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { decode.Bytes.Length }));
        return ClipDescription.Read(decode.Bytes);
    }
}
