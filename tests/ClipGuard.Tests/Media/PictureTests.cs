using ClipGuard.Media;
using ClipGuard.Media.Libav.Pictures;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Sizes, layouts, orientation, transparency and filters of pictures.</summary>
[CancelAfter(120_000)]
internal sealed class PictureTests
{
    // Left to right and top to bottom: red, green, blue, white. Squares of 16, so that nothing bleeds to their middles.
    private const string FourColors = "-f lavfi -i \"color=red:s=16x16[a];color=lime:s=16x16[b];color=blue:s=16x16[c];color=white:s=16x16[d];"
        + "[a][b]hstack[e];[c][d]hstack[f];[e][f]vstack,format=rgb24\" -frames:v 1";

    // Half transparent: red, then its opposite.
    private const string Glass = "-f lavfi -i color=c=red@0.5:s=16x16:r=5:d=0.4,format=rgba,negate=enable='gt(n,0)',format=yuva420p "
        + "-c:v libwebp_anim -quality 95";

    private const string ShrunkByPillow = "36 130 184 132 173 97 174 78 104 125 151 86 168 107 121 128 146 99 184 64 119 119 134 122 113 129 146 153 116 161 "
        + "140 134 129 127 122 128";

    private const string GrownByPillow =
        "0 79 161 15 98 186 43 126 226 69 152 251 95 184 89 120 224 11 146 231 56 179 53 81 211 10 115 229 46 139 " +
        "40 121 236 62 155 131 97 205 51 129 234 97 172 113 87 220 62 104 235 105 152 100 92 198 77 122 116 114 159 21 " +
        "90 202 108 118 128 70 169 81 50 221 130 96 138 86 168 112 87 152 157 147 66 120 207 111 137 160 96 173 85 63 " +
        "138 131 29 187 62 73 217 18 139 172 75 192 86 149 169 77 162 101 136 123 32 107 179 86 131 145 152 171 84 195 " +
        "193 0 100 212 47 142 181 116 190 69 166 196 122 192 89 175 137 68 170 39 143 55 93 152 56 134 193 108 149 235 " +
        "250 60 143 135 103 203 57 173 196 141 230 49 218 99 94 170 55 177 40 139 215 105 215 68 177 135 60 220 21 120";

    private const string ShrunkByTorch = "35 130 184 132 173 98 175 78 104 125 151 86 168 107 121 128 146 99 183 64 119 119 134 122 114 129 146 153 117 161 "
        + "140 135 129 126 121 128";

    private const string TallByTorch =
        "10 92 196 70 165 182 140 195 35 218 21 119 30 120 176 101 171 138 165 147 81 165 66 112 70 168 137 158 176 64 205 68 161 74 146 98 111 154 88 176 117 "
            + "95 152 113 134 120 155 86 151 110 52 170 58 161 " +
        "83 186 74 192 134 93 191 57 85 137 110 171 115 138 76 113 132 176 206 34 132 116 165 158 146 91 101 57 129 218 170 82 168 138 164 123 124 112 142 132 "
            + "122 128 149 111 186 152 161 103 109 126 164 177 119 74";

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
            using DirectDecode decode = DirectDecode.Of(WithExif(name, orientation), new ImageSpec());
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
    public void The_density_a_picture_is_printed_with_does_not_stretch_it(string name)
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

    // The values are those of Pillow 9.4's resize(size, BICUBIC).
    [TestCase(3, 4, ShrunkByPillow)]
    [TestCase(10, 6, GrownByPillow)]
    public void Antialiased_bicubic_is_pillows(int width, int height, string expected) =>
        Assert.That(ScaleSquares(width, height), Is.EqualTo(expected.Split(' ').Select(byte.Parse)));

    // The values are those of PyTorch 1.13's interpolate(mode="bicubic", antialias=True) on floats, rounded at the end alone, which is what torchvision's
    // resize does with tensors.
    [TestCase(3, 4, ShrunkByTorch)]
    [TestCase(4, 9, TallByTorch)]
    public void Antialiased_bicubic_is_torchvisions_but_for_a_step(int width, int height, string expected) =>
        Assert.That(ScaleSquares(width, height).Select(pixel => (int)pixel), Is.EqualTo(expected.Split(' ').Select(int.Parse)).Within(1));

    private static unsafe byte[] ScaleSquares(int width, int height)
    {
        const int Width = 7;
        const int Height = 5;
        byte[] source = new byte[Width * Height * 4];
        for (int i = 0; i < Width * Height * 3; i++)
        {
            (int x, int y, int channel) = (i / 3 % Width, i / 3 / Width, i % 3);
            source[(((y * Width) + x) * 4) + channel] = (byte)((x * 37) + (y * 59) + (channel * 83) + (x * y * 11));
        }

        byte[] narrowed = new byte[width * Height * 4];
        byte[] target = new byte[width * height * 4];
        fixed (byte* from = source, between = narrowed, to = target)
        {
            AntialiasedBicubic.Scale(from, Width, Height, between, to, width, height);
        }

        return [.. target.Where((_, i) => i % 4 < 3)];
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
        Assert.That(decode.Fault?.Kind, Is.EqualTo(Installed.Major >= 9 ? FaultKind.Corrupt : FaultKind.Unsupported), decode.Fault?.Message);
    }

    [Test]
    public void A_webp_animation_is_a_video_from_9_on_and_an_image_before()
    {
        string path = _media.Make("glass.webp", Glass);
        bool isVideo = Installed.Major >= 9;
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

    [Test]
    public void Transparent_films_show_the_background()
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

    // The colours at the middles of the four quarters, by their first letters.
    private static string Corners(ReadOnlySpan<byte> rgb, int side)
    {
        string corners = string.Empty;
        foreach ((int x, int y) in new[] { (side / 4, side / 4), (side * 3 / 4, side / 4), (side / 4, side * 3 / 4), (side * 3 / 4, side * 3 / 4) })
        {
            ReadOnlySpan<byte> pixel = rgb.Slice(((y * side) + x) * 3, 3);
            corners += (pixel[0] > 200, pixel[1] > 200, pixel[2] > 200) switch
            {
                (true, false, false) => 'R',
                (false, true, false) => 'G',
                (false, false, true) => 'B',
                (true, true, true) => 'W',
                _ => '?',
            };
        }

        return corners;
    }

    private string WithExif(string name, int orientation)
    {
        byte[] exif = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];
        byte[] plain = File.ReadAllBytes(_media.Make(name, $"{FourColors} -q:v 1"));
        byte[] marked = Path.GetExtension(name) switch
        {
            ".jpg" => [.. plain[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 8), .. "Exif\0\0"u8, .. exif, .. plain[2..]],
            ".png" => [.. plain[..33], 0, 0, 0, (byte)exif.Length, .. "eXIf"u8, .. exif, .. Crc([.. "eXIf"u8, .. exif]), .. plain[33..]],
            ".webp" => WithWebpExif(plain, exif),
            _ => WithTiffOrientation(plain, orientation),
        };
        return _media.Write($"{orientation}-{name}", marked);
    }

    // A plain file becomes an extended one: a canvas of 32×32 that says there is EXIF, the picture, the EXIF.
    private static byte[] WithWebpExif(byte[] plain, byte[] exif)
    {
        byte[] body =
        [
            .. "WEBPVP8X"u8, 10, 0, 0, 0, 0x08, 0, 0, 0, 31, 0, 0, 31, 0, 0,
            .. plain[12..],
            .. "EXIF"u8, (byte)exif.Length, 0, 0, 0, .. exif,
        ];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(body.Length), .. body];
    }

    // The folder of tags is copied to the end with one more entry, and the header pointed there.
    private static byte[] WithTiffOrientation(byte[] tiff, int orientation)
    {
        int folder = BitConverter.ToInt32(tiff, 4);
        int entries = BitConverter.ToUInt16(tiff, folder);
        var all = Enumerable.Range(0, entries).Select(i => tiff.AsSpan(folder + 2 + (i * 12), 12).ToArray())
            .Append([0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0])
            .OrderBy(entry => BitConverter.ToUInt16(entry)).ToArray();
        byte[] padded = [.. tiff, .. new byte[tiff.Length % 2]];
        BitConverter.TryWriteBytes(padded.AsSpan(4), padded.Length);
        return [.. padded, .. BitConverter.GetBytes((ushort)all.Length), .. all.SelectMany(entry => entry), 0, 0, 0, 0];
    }

    private static byte[] Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
            }
        }

        crc = ~crc;
        return [(byte)(crc >> 24), (byte)(crc >> 16), (byte)(crc >> 8), (byte)crc];
    }
}
