using ClipGuard.Media;

using NUnit.Framework;

using static ClipGuard.Tests.Support.FourColorPicture;

namespace ClipGuard.Tests.Media;

/// <summary>Sizes, layouts, orientation, transparency and filters of pictures.</summary>
[CancelAfter(120_000)]
internal sealed class PictureTests
{
    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase(1, "RGBW")]
    [TestCase(2, "GRWB")]
    [TestCase(3, "WBGR")]
    [TestCase(4, "BWRG")]
    [TestCase(5, "RBGW")]
    [TestCase(6, "BRWG")]
    [TestCase(7, "WGBR")]
    [TestCase(8, "GWRB")]
    public void Exif_orientation_is_applied(int orientation, string corners)
    {
        foreach (string name in new[] { "four.jpg", "four.png", "four.tiff", "four.webp" })
        {
            using DirectDecode decode = DirectDecode.Of(WithExif(_media, name, orientation), new ImageSpec());
            Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 32, 32, 3 }));
            Assert.That(Corners(decode.Bytes, 32), Is.EqualTo(corners), name);
        }
    }

    [TestCase(ScaleFilter.Bicubic, "bicubic")]
    [TestCase(ScaleFilter.Bilinear, "bilinear")]
    [TestCase(ScaleFilter.Area, "area")]
    public void Filters_are_those_of_ffmpeg(ScaleFilter filter, string flag)
    {
        string path = _media.Make("detail.png", "-f lavfi -i testsrc2=s=320x240,noise=alls=20:all_seed=1 -frames:v 1");
        byte[] expected = FfmpegProgram.Run($"-i \"{path}\" -vf scale=96:80:flags={flag}+accurate_rnd+full_chroma_int -pix_fmt rgb24 -f rawvideo -");
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec { Size = new ExactSize(96, 80), Filter = filter });
        Assert.That(decode.Bytes.ToArray(), Is.EqualTo(expected).Within(1));
    }

    [TestCase("gray16le", "tiff")]
    [TestCase("gray", "tiff")]
    [TestCase("gray", "pgm")]
    [TestCase("gray16be", "png")]
    public void Gray_that_names_no_range_is_full_range(string format, string ending)
    {
        string path = _media.Make($"ramp-{format}.{ending}", $"-f lavfi -i \"nullsrc=s=256x64,format=gray,geq=lum=X\" -frames:v 1 -pix_fmt {format}");
        using DirectDecode own = DirectDecode.Of(path, new ImageSpec());
        using DirectDecode halved = DirectDecode.Of(path, new ImageSpec { Size = new ExactSize(128, 32) });
        int[] ramp = [.. Enumerable.Range(0, 256)];
        Assert.That(own.Bytes[..768].ToArray().Where((_, i) => i % 3 == 0).Select(pixel => (int)pixel), Is.EqualTo(ramp).Within(1));
        Assert.That(
            halved.Bytes[..384].ToArray().Where((_, i) => i % 3 == 0).Select(pixel => (int)pixel),
            Is.EqualTo(Enumerable.Range(0, 128).Select(i => (2 * i) + 0.5)).Within(2));
    }

    [Test]
    public void A_picture_far_longer_than_wide_is_over_the_limit_where_its_scaled_size_is()
    {
        string path = _media.Make("thread.png", "-f lavfi -i color=s=1000000x1,format=gray -frames:v 1");
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec { Size = new ShorterSideSize(4096, 224, 224) });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
    }

    [TestCase(2, 1, 128, 32)]
    [TestCase(1, 2, 32, 32)]
    public void Pixels_that_are_not_square_are_made_so(int numerator, int denominator, int width, int height)
    {
        string path = _media.Make(
            $"aspect{numerator}-{denominator}.mp4", $"-f lavfi -i testsrc2=s=64x32:d=0.2,setsar={numerator}/{denominator} -c:v libx264 -pix_fmt yuv420p");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new IndexFrames([0]), Size = new OwnSize() });
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, height, width, 3 }));
    }

    [TestCase("dense.jpg")]
    [TestCase("dense.png")]
    [TestCase("dense.tiff")]
    [TestCase("dense.gif")]
    public void The_density_a_picture_is_printed_with_does_not_change_its_size(string name)
    {
        string path = _media.Make(name, "-f lavfi -i testsrc2=s=64x32,setsar=1/2 -frames:v 1");
        Assert.That(
            FfmpegProgram.Probe($"-show_entries frame=sample_aspect_ratio -of csv=p=0 \"{path}\"")[0],
            Does.StartWith("1:2"),
            "FFmpeg takes it for the shape of pixels");
        using DirectDecode image = DirectDecode.Of(path, new ImageSpec());
        using DirectDecode listed = new(
            new DecodeRequest(new FileListSource([path]), new VideoSpec { Selection = new IndexFrames([0]), Size = new OwnSize() }));
        using DirectDecode look = DirectDecode.Of(path, new InspectSpec());
        Assert.That(image.Clip.Shape, Is.EqualTo(new[] { 32, 64, 3 }));
        Assert.That(listed.Clip.Shape, Is.EqualTo(new[] { 1, 32, 64, 3 }));
        Assert.That(ClipDescription.Read(look.Bytes).Streams.Single().PixelAspect, Is.Null);
    }

    [Test]
    public void Channels_may_come_first()
    {
        string path = _media.Make("four.png", FourColors);
        using DirectDecode last = DirectDecode.Of(path, new ImageSpec());
        using DirectDecode first = DirectDecode.Of(path, new ImageSpec { Layout = PixelLayout.ChannelsFirst });
        Assert.That(first.Clip.Shape, Is.EqualTo(new[] { 3, 32, 32 }));
        byte[] pixels = last.Bytes.ToArray();
        byte[] planes = [.. pixels.Where((_, i) => i % 3 == 0), .. pixels.Where((_, i) => i % 3 == 1), .. pixels.Where((_, i) => i % 3 == 2)];
        Assert.That(first.Bytes.ToArray(), Is.EqualTo(planes));
    }

    [Test]
    public void Gray_is_the_luma_of_the_colours()
    {
        using DirectDecode decode = DirectDecode.Of(_media.Make("four.png", FourColors), new ImageSpec { Colors = PixelColors.Gray });
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 32, 32, 1 }));
        Assert.That(
            new[] { decode.Bytes[0], decode.Bytes[31], decode.Bytes[31 * 32], decode.Bytes[1023] }, Is.EqualTo(new byte[] { 76, 150, 29, 255 }).Within(1));
    }

    [Test]
    public void Transparent_pixels_show_the_background()
    {
        string path = _media.Make("clear.png", "-f lavfi -i color=c=red@0.5:s=8x8,format=rgba -frames:v 1");
        using DirectDecode white = DirectDecode.Of(path, new ImageSpec());
        using DirectDecode blue = DirectDecode.Of(path, new ImageSpec { Background = new RgbColor(0, 0, 255), Size = new ExactSize(4, 4) });
        Assert.That(white.Bytes[..3].ToArray(), Is.EqualTo(new byte[] { 254, 128, 128 }).Within(2));
        Assert.That(blue.Bytes[..3].ToArray(), Is.EqualTo(new byte[] { 127, 0, 128 }).Within(2));
    }

    [TestCase("rgba")]
    [TestCase("rgba64be")]
    [TestCase("ya8")]
    [TestCase("ya16be")]
    public void Transparency_is_known_in_every_kind_of_png(string format)
    {
        string path = _media.Make($"{format}.png", $"-f lavfi -i color=c=white@0.5:s=8x8,format=rgba -frames:v 1 -pix_fmt {format}");
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec { Background = new RgbColor(0, 0, 255) });
        Assert.That(decode.Bytes[..3].ToArray(), Is.EqualTo(new byte[] { 127, 127, 255 }).Within(2));
    }

    [Test]
    public void The_shorter_side_is_scaled_and_the_middle_cut_out()
    {
        string path = _media.Make(
            "wide.png", "-f lavfi -i \"color=red:s=40x20[a];color=lime:s=40x20[b];color=blue:s=40x20[c];[a][b][c]hstack=3,format=rgb24\" -frames:v 1");
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec { Size = new ShorterSideSize(20, 20, 20) });
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 20, 20, 3 }));
        Assert.That(Corners(decode.Bytes, 20), Is.EqualTo("GGGG"));
    }

    [Test]
    public void Smart_sizes_fit_the_budget_of_an_image_and_of_a_video()
    {
        string path = _media.Make("hd.mp4", "-f lavfi -i testsrc2=s=1280x720:d=0.4:r=25 -c:v libx264 -pix_fmt yuv420p");
        using DirectDecode image = DirectDecode.Of(path, new ImageSpec { Size = new SmartSize() });
        using DirectDecode video = DirectDecode.Of(path, new VideoSpec { Size = new SmartSize(), Selection = new RateFrames(2) });
        Assert.That(image.Clip.Shape, Is.EqualTo(new[] { 728, 1288, 3 }));
        Assert.That(video.Clip.Shape, Is.EqualTo(new[] { 4, 560, 1008, 3 }));
    }

    [Test]
    public void A_picture_too_long_for_a_smart_size_is_unsupported()
    {
        using DirectDecode decode = DirectDecode.Of(
            _media.Make("thread.png", "-f lavfi -i color=red:s=410x2 -frames:v 1 -pix_fmt rgb24"), new ImageSpec { Size = new SmartSize() });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Unsupported));
    }

    [TestCase("sixteen.png", "-pix_fmt rgb48be")]
    [TestCase("palette.png", "-pix_fmt pal8")]
    [TestCase("still.gif", "")]
    [TestCase("still.bmp", "")]
    [TestCase("still.tiff", "")]
    [TestCase("still.webp", "-quality 95")]
    [TestCase("still.ppm", "")]
    [TestCase("still.tga", "")]
    [TestCase("still.jp2", "")]
    [TestCase("still.jxl", "")]
    [TestCase("still.exr", "-pix_fmt gbrpf32le")]
    [TestCase("still.qoi", "-pix_fmt rgb24")]
    [TestCase("still.dpx", "-pix_fmt rgb24")]
    public void Images_of_many_formats_decode(string name, string options)
    {
        string path = _media.Make(name, $"{FourColors} {options}");
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 32, 32, 3 }));
        Assert.That(Corners(decode.Bytes, 32), Is.EqualTo("RGBW"));
        byte[] expected = FfmpegProgram.Run($"-i \"{path}\" -frames:v 1 -vf scale=flags=bicubic+accurate_rnd+full_chroma_int -pix_fmt rgb24 -f rawvideo -");
        int worst = WorstDifference.Of(decode.Bytes, expected);
        TestContext.Out.WriteLine($"{name}: at most {worst} of 255 apart");
        Assert.That(worst, Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void Transparent_videos_show_the_background()
    {
        string path = _media.Make("clear.mov", "-f lavfi -i color=c=red@0.5:s=16x16:r=5:d=0.4,format=argb -c:v qtrle");
        using DirectDecode decode = DirectDecode.Of(
            path, new VideoSpec { Selection = new UniformFrames(1), Size = new OwnSize(), Background = new RgbColor(0, 0, 255) });
        Assert.That(decode.Bytes[..3].ToArray(), Is.EqualTo(new byte[] { 127, 0, 128 }).Within(2));
    }

    // Made with Pillow: 8×8 pixels of gray 100, of CMYK (0, 255, 255, 0) with Adobe's inversion, which is red, and of YCCK (Adobe's transform 2), as Pillow
    // reads them: red, half as bright with half of the black, and green.
    [TestCase("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIAAgBAREA/8QAFAAB"
        + "AAAAAAAAAAAAAAAAAAAAB//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8ANH//2Q==", 100, 100, 100)]
    [TestCase("/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/8AAFAgACAAIBEMRAE0RAFkRAEsR"
        + "AP/EABQAAQAAAAAAAAAAAAAAAAAAAAn/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oADgRDAE0AWQBLAAA/AFTFUKoqb//Z", 255, 0, 0)]
    [TestCase("/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgACAAIBAERAAIRAAMRAAQR"
        + "AP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5"
        + "OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4E"
        + "AQACAAMABAAAPwD7Mr6sr+f+v38r/9k=", 255, 0, 0)]
    [TestCase("/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgACAAIBAERAAIRAAMRAAQR"
        + "AP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5"
        + "OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4E"
        + "AQACAAMABAAAPwD7Mr6sr+f+iv/Z", 128, 0, 0)]
    [TestCase("/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgACAAIBAERAAIRAAMRAAQR"
        + "AP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5"
        + "OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4E"
        + "AQACAAMABAAAPwDyev1Qr9qK/fyv/9k=", 0, 254, 0)]
    public void Gray_cmyk_and_ycck_jpegs_become_rgb(string base64, int red, int green, int blue)
    {
        using DirectDecode decode = new(new DecodeRequest(new MemorySource(Convert.FromBase64String(base64)), new ImageSpec()));
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 8, 8, 3 }));
        Assert.That(decode.Bytes[..3].ToArray(), Is.EqualTo(new[] { red, green, blue }).Within(3));
    }
}
