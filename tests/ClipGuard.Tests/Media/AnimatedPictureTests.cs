using ClipGuard.Media;

using NUnit.Framework;

using static ClipGuard.Tests.Support.FourColorPicture;

namespace ClipGuard.Tests.Media;

/// <summary>Pictures that move, where one was asked for.</summary>
[CancelAfter(120_000)]
internal sealed class AnimatedPictureTests
{
    // Half transparent: red, then its opposite.
    private const string Glass = "-f lavfi -i color=c=red@0.5:s=16x16:r=5:d=0.4,format=rgba,negate=enable='gt(n,0)',format=yuva420p "
        + "-c:v libwebp_anim -quality 95";

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase("moving.gif", "")]
    [TestCase("moving.apng", "-pix_fmt rgb24")]
    [TestCase("lossless.webp", "-c:v libwebp_anim -lossless 1")]
    [TestCase("lossy.webp", "-c:v libwebp_anim -quality 95")]
    [TestCase("clear.webp", "-c:v libwebp_anim -quality 95 -pix_fmt yuva420p")]
    public void Of_an_animation_the_first_picture_is_taken(string name, string options)
    {
        string moving = FourColors.Replace(",format=rgb24\" -frames:v 1", ",format=rgb24,negate=enable='gt(n,0)'\" -frames:v 3 -r 5", StringComparison.Ordinal);
        string path = _media.Make(name, $"{moving} {options}");
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 32, 32, 3 }));
        Assert.That(Corners(decode.Bytes, 32), Is.EqualTo("RGBW"));
        Assert.That(File.ReadAllBytes(path).AsSpan().IndexOf("ANMF"u8) > 0, Is.EqualTo(name.EndsWith(".webp", StringComparison.Ordinal)));
    }

    [Test]
    public void A_transparent_animation_lies_on_the_background()
    {
        string path = _media.Make("glass.webp", Glass);
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec { Background = new RgbColor(0, 0, 255) });
        Assert.That(decode.Bytes[..3].ToArray(), Is.EqualTo(new byte[] { 127, 0, 128 }).Within(4));
    }

    [Test]
    public void A_webp_animation_whose_first_picture_does_not_fill_the_canvas_is_no_picture()
    {
        byte[] whole = File.ReadAllBytes(_media.Make("glass.webp", Glass));
        int place = whole.AsSpan().IndexOf("ANMF"u8) + 8;
        whole[place] = 1;
        using DirectDecode decode = DirectDecode.Of(_media.Write("part.webp", whole), new ImageSpec());

        // It lies two pixels to the right, and so reaches beyond the canvas: FFmpeg 9, which reads animations, finds that out.
        Assert.That(decode.Fault?.Kind, Is.EqualTo(InstalledFFmpeg.Major >= 9 ? FaultKind.Corrupt : FaultKind.Unsupported), decode.Fault?.Message);
    }

    [Test]
    public void A_webp_animation_is_a_video_from_9_on_and_an_image_before()
    {
        string path = _media.Make("glass.webp", Glass);
        bool isVideo = InstalledFFmpeg.Major >= 9;
        using DirectDecode video = DirectDecode.Of(path, new VideoSpec { Selection = new UniformFrames(2), Size = new OwnSize() });
        Assert.That(video.Fault?.Kind, Is.EqualTo(isVideo ? null : FaultKind.Unsupported), $"{video.Fault}");
        Assert.That(video.Result?.FrameTimesSeconds, isVideo ? Is.EqualTo(new[] { 0, 0.2 }).Within(0.001) : Is.Null);

        using DirectDecode look = DirectDecode.Of(path, new InspectSpec());
        StreamDescription image = ClipDescription.Read(look.Bytes).Streams.Single();
        Assert.That(
            (image.Kind, image.Width, image.Height, image.FoundFrameCount, image.Damage),
            Is.EqualTo((isVideo ? "video" : "image", 16, 16, isVideo ? 2L : 1, DamageReport.None)));
    }

    [Test]
    public void An_animation_that_is_cut_off_is_corrupt([Values(20, 40, 60)] int bytes)
    {
        byte[] whole = File.ReadAllBytes(_media.Make("glass.webp", Glass));
        using DirectDecode decode = DirectDecode.Of(_media.Write($"cut{bytes}.webp", whole.AsSpan(0, bytes)), new ImageSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
    }
}
