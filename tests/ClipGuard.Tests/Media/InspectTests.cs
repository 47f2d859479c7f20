using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

[CancelAfter(60_000)]
internal sealed class InspectTests
{
    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void A_look_tells_what_is_promised_and_what_is_found()
    {
        string path = _media.Make(
            "film.mp4",
            "-f lavfi -i testsrc2=s=64x32:r=25:d=1 -f lavfi -i sine=d=1:r=48000 -c:v libx264 -pix_fmt yuv420p -colorspace bt709 -color_range tv -c:a aac -ac 2");
        ClipDescription clip = Look(path);
        Assert.Multiple(() =>
        {
            Assert.That(clip.Format, Does.StartWith("mov"));
            Assert.That(clip.DurationSeconds, Is.EqualTo(1).Within(0.05));
            Assert.That(clip.Streams, Has.Count.EqualTo(2));
            StreamDescription video = clip.Streams[0];
            Assert.That((video.Kind, video.Codec, video.Width, video.Height, video.PixelFormat), Is.EqualTo(("video", "h264", 64, 32, "yuv420p")));
            Assert.That((video.ColorMatrix, video.ColorRange, video.RotationDegrees, video.FrameRateHz), Is.EqualTo(("bt709", "tv", 0, 25.0)));
            Assert.That((video.PromisedFrames, video.FoundFrames), Is.EqualTo((25L, 25L)));
            StreamDescription audio = clip.Streams[1];
            Assert.That((audio.Kind, audio.Codec, audio.SampleRateHz, audio.Channels), Is.EqualTo(("audio", "aac", 48_000, 2)));
            Assert.That(audio.FoundSamples, Is.InRange(48_000, 50_000));
            Assert.That(audio.Damage, Is.EqualTo(DamageReport.None));
        });
    }

    [Test]
    public void A_look_at_a_cut_off_clip_tells_what_is_missing()
    {
        byte[] whole = File.ReadAllBytes(_media.Make("fast.mp4", "-f lavfi -i testsrc2=s=64x64:d=2 -c:v libx264 -pix_fmt yuv420p -movflags +faststart"));
        StreamDescription video = Look(_media.Write("cut.mp4", whole.AsSpan(0, whole.Length / 2))).Streams[0];
        Assert.That(video.PromisedFrames, Is.EqualTo(50));
        Assert.That(video.FoundFrames, Is.InRange(5, 45));
        Assert.That(video.Damage!.MissingFrames, Is.Positive);
    }

    [Test]
    public void A_cover_is_a_picture_and_no_video()
    {
        string cover = _media.Make("cover.png", "-f lavfi -i color=c=red:s=32x32 -frames:v 1");
        string path = _media.Make("covered.mp3", $"-f lavfi -i sine=d=1 -i \"{cover}\" -map 0 -map 1 -c:v copy -disposition:v attached_pic");
        Assert.That(Look(path).Streams.Select(stream => stream.Kind), Is.EqualTo(new[] { "audio", "picture" }));
    }

    private static ClipDescription Look(string path)
    {
        using DirectDecode decode = DirectDecode.Of(path, new InspectSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { decode.Bytes.Length }));
        return ClipDescription.Read(decode.Bytes);
    }
}
