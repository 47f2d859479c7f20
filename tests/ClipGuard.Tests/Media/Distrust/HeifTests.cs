using System.Text;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media.Distrust;

/// <summary>
/// AVIFs come out turned and transparent as their boxes say, which FFmpeg 5.1 passes over; what it cannot read of them and of HEIC is unsupported.
/// </summary>
[CancelAfter(60_000)]
internal sealed class HeifTests
{
    private const int Width = 64;
    private const int Height = 48;

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    // irot turns anticlockwise; imir 0 changes top and bottom, 1 left and right, after the turn. The pixel (x, y) of the result comes from the one given.
    [TestCase("irot", 0)]
    [TestCase("irot", 1)]
    [TestCase("irot", 2)]
    [TestCase("irot", 3)]
    [TestCase("imir", 0)]
    [TestCase("imir", 1)]
    public void One_property(string name, int value)
    {
        byte[] avif = File.ReadAllBytes(Clip("irot1.avif"));
        int at = avif.AsSpan().IndexOf("irot"u8);
        Encoding.ASCII.GetBytes(name).CopyTo(avif, at);
        avif[at + 4] = (byte)value;
        AssertTurned(_media.Write($"{name}{value}.avif", avif), name == "irot" ? value : 0, name == "imir" ? value : null, "rgb.png", 12);
    }

    [TestCase("both10.avif", 1, 0)]
    [TestCase("both31.avif", 3, 1)]
    public void A_turn_and_then_a_mirror(string name, int turns, int axis) => AssertTurned(Clip(name), turns, axis, "rgb.png", 30);

    [Test]
    public void A_picture_of_a_camera_is_turned_once()
    {
        using DirectDecode jpeg = DirectDecode.Of(Clip("exif6.jpg"), new ImageSpec());
        using DirectDecode avif = DirectDecode.Of(Clip("exif6.avif"), new ImageSpec());
        Assert.That(avif.Clip.Shape, Is.EqualTo(new[] { Width, Height, 3 }));
        Assert.That(WorstDifference.Of(avif.Bytes, jpeg.Bytes), Is.LessThanOrEqualTo(4));
    }

    [Test]
    public void Exif_without_a_property_turns_nothing()
    {
        // ISO/IEC 23008-12: what a reader must do is in the properties; libavif and libheif read it so.
        byte[] avif = File.ReadAllBytes(Clip("exif6.avif"));
        avif[avif.AsSpan().IndexOf("irot"u8) + 4] = 0;
        using DirectDecode decode = DirectDecode.Of(_media.Write("exif-alone.avif", avif), new ImageSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { Height, Width, 3 }));
    }

    [Test]
    public void FFmpeg_by_itself_turns_from_9_on_and_has_alpha_as_a_picture_of_its_own_from_7_on()
    {
        const string Entries = "-show_entries stream=width,height,pix_fmt:stream_side_data=rotation -of csv=p=0";
        int major = InstalledFFmpeg.ProgramMajor;
        Assert.That(
            FfmpegProgram.Probe($"{Entries} \"{Clip("irot1.avif")}\""), Is.EqualTo(new[] { major >= 9 ? "64,48,yuv444p,90" : "64,48,yuv444p" }));
        Assert.That(
            FfmpegProgram.Probe($"{Entries} \"{Clip("rgba.avif")}\""),
            Is.EqualTo(major >= 7 ? new[] { "64,48,yuv444p", "64,48,gray" } : ["64,48,yuv444p"]));
    }

    [Test]
    public void Alpha_is_laid_over_the_background([Values("rgba.avif", "ten.avif", "premul.avif")] string name, [Values(255, 0)] int green)
    {
        var spec = new ImageSpec { Background = new RgbColor(255, (byte)green, 255) };
        using DirectDecode expected = DirectDecode.Of(Clip("rgba.png"), spec);
        using DirectDecode decode = DirectDecode.Of(Clip(name), spec);
        Assert.That(decode.Clip.Shape, Is.EqualTo(expected.Clip.Shape));
        Assert.That(WorstDifference.Of(decode.Bytes, expected.Bytes), Is.LessThanOrEqualTo(24), "AV1 is lossy; opaque, the left edge would be 255 apart");
        Assert.That(MeanDifference(decode.Bytes, expected.Bytes), Is.LessThan(3));
    }

    [Test]
    public void Alpha_that_is_missing_is_damage()
    {
        byte[] avif = File.ReadAllBytes(Clip("rgba.avif"));
        avif.AsSpan(avif.AsSpan().IndexOf("mdat"u8) + 4, 60).Clear();
        using DirectDecode decode = DirectDecode.Of(_media.Write("no-alpha.avif", avif), new ImageSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), decode.Log);
    }

    [Test]
    public void Turn_and_alpha_count_for_a_video_of_one_picture_too_and_are_told()
    {
        using DirectDecode frames = DirectDecode.Of(Clip("irot1.avif"), new VideoSpec { Size = new OwnSize(), Selection = new UniformFrames(2) });
        Assert.That(frames.Clip.Shape, Is.EqualTo(new[] { 2, Width, Height, 3 }));
        Assert.That(Look("irot1.avif"), Is.EqualTo(("image", (int?)270, (bool?)false, (bool?)null)));
        Assert.That(Look("both10.avif"), Is.EqualTo(("image", (int?)270, (bool?)true, (bool?)null)));
        Assert.That(Look("rgba.avif"), Is.EqualTo(("image", (int?)0, (bool?)false, (bool?)true)));
    }

    [Test]
    public void Of_an_animation_beside_its_still_the_animation_is_taken()
    {
        string path = _media.Make("moving.avif", "-f lavfi -i testsrc2=s=64x48:r=10:d=1 -c:v libaom-av1 -cpu-used 8 -pix_fmt yuv420p");
        using DirectDecode video = DirectDecode.Of(path, new VideoSpec { Selection = new IndexFrames([0, 4, 9]), Size = new OwnSize() });
        Assert.That(video.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0, 0.4, 0.9 }).Within(0.001));
        using DirectDecode image = DirectDecode.Of(path, new ImageSpec());
        Assert.That(image.Bytes.SequenceEqual(video.Bytes[..(Width * Height * 3)]));
        using DirectDecode look = DirectDecode.Of(path, new InspectSpec());
        StreamDescription stream = ClipDescription.Read(look.Bytes).Streams.Single();
        Assert.That((stream.Kind, stream.FoundFrameCount), Is.EqualTo(("video", 10L)));
    }

    // Both are without loss. The formula is the one that the pictures were made by.
    [TestCase("grid.avif", false)]
    [TestCase("grid-alpha.avif", true)]
    public void A_grid_is_put_together_and_cut_to_its_size(string name, bool isTransparent)
    {
        AssertGrid(Clip(name), 192, 128, isTransparent, worst: 0);
        byte[] avif = File.ReadAllBytes(Clip(name));
        ReadOnlySpan<byte> whole = [0, 0, 1, 2, 0, 192, 0, 128];
        ReadOnlySpan<byte> cut = [0, 0, 1, 2, 0, 150, 0, 99];
        for (int at; (at = avif.AsSpan().IndexOf(whole)) >= 0;)
        {
            cut.CopyTo(avif.AsSpan(at));
        }

        AssertGrid(_media.Write($"cut-{name}", avif), 150, 99, isTransparent, worst: 0);
    }

    [TestCase("tiles.heic", 0)]
    [TestCase("tiles-turned.heic", 3)]
    public void A_grid_of_hevc_is_put_together_from_7_on(string name, int turns)
    {
        if (IsUnreadHeic(name))
        {
            return;
        }

        // libheif's own decoder comes as near.
        AssertGrid(Clip(name), 150, 100, isTransparent: false, worst: 12, turns);
    }

    [Test]
    public void Alpha_of_hevc_has_a_decoder_that_knows_it_from_7_on()
    {
        if (!IsUnreadHeic("alpha.heic"))
        {
            AssertGrid(Clip("alpha.heic"), 64, 64, isTransparent: true, worst: 12);
        }
    }

    [Test]
    public void A_picture_of_which_a_part_is_to_be_shown_is_unsupported() => AssertUnsupported(Clip("cropped.avif"), "clap");

    [Test]
    public void A_grid_counts_for_a_video_of_one_picture_too_and_is_told()
    {
        using DirectDecode frames = DirectDecode.Of(Clip("grid.avif"), new VideoSpec { Size = new OwnSize(), Selection = new UniformFrames(2) });
        Assert.That(frames.Clip.Shape, Is.EqualTo(new[] { 2, 128, 192, 3 }));
        using DirectDecode look = DirectDecode.Of(Clip("grid.avif"), new InspectSpec { CountFrames = true });
        ClipDescription told = ClipDescription.Read(look.Bytes);
        StreamDescription stream = told.Streams.Single();
        Assert.That((stream.Kind, stream.Width, stream.Height, stream.FoundFrameCount), Is.EqualTo(("image", (int?)192, (int?)128, (long?)1)));
        Assert.That(told.Notes!.Single(), Is.EqualTo("The picture is put together from 6 others (av01), which are decoded one by one."));
    }

    [Test]
    public void A_piece_that_is_damaged_is_damage_of_the_whole()
    {
        byte[] avif = File.ReadAllBytes(Clip("grid.avif"));
        avif.AsSpan(avif.Length - 317, 317).Clear();
        using DirectDecode decode = DirectDecode.Of(_media.Write("damaged.avif", avif), new ImageSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), decode.Log);
    }

    [Test]
    public void The_limit_of_pixels_is_for_the_whole()
    {
        var limits = new DecodeLimits { MaxFramePixels = (192 * 128) - 1 };
        using var decode = new DirectDecode(new DecodeRequest(new FileSource(Clip("grid.avif")), new ImageSpec()) { Limits = limits });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
        Assert.That(decode.Fault!.Message, Is.EqualTo("A picture of 192×128 is over the limit of 24575 pixels."));
    }

    // A size that the pieces do not cover, another number of pieces, and a kind that has no pieces.
    [TestCase(new byte[] { 0, 0, 1, 2, 0, 193, 0, 128 })]
    [TestCase(new byte[] { 0, 0, 1, 2, 0, 128, 0, 128 })]
    [TestCase(new byte[] { 0, 0, 1, 1, 0, 128, 0, 128 })]
    [TestCase(new byte[] { 1, 0, 1, 2, 0, 192, 0, 128 })]
    public void A_grid_that_contradicts_itself_is_unsupported(byte[] told)
    {
        byte[] avif = File.ReadAllBytes(Clip("grid.avif"));
        ReadOnlySpan<byte> whole = [0, 0, 1, 2, 0, 192, 0, 128];
        told.CopyTo(avif.AsSpan(avif.AsSpan().IndexOf(whole)));
        AssertUnsupported(_media.Write($"told-{string.Join('-', told)}.avif", avif), "grid");
    }

    [Test]
    public void A_picture_that_is_put_together_in_other_ways_is_unsupported()
    {
        foreach (string coding in new[] { "grid", "iovl" })
        {
            byte[] avif = File.ReadAllBytes(Clip("irot1.avif"));
            Encoding.ASCII.GetBytes(coding).CopyTo(avif.AsSpan(avif.AsSpan().IndexOf("av01"u8)));
            AssertUnsupported(_media.Write($"{coding}.avif", avif), coding);
        }
    }

    [Test]
    public void A_picture_of_hevc_is_read_from_7_on()
    {
        byte[] heic = File.ReadAllBytes(Clip("x.heic"));
        heic[heic.AsSpan().IndexOf("pitm"u8) + 9] = 1;
        string path = _media.Write("one.heic", heic);
        if (InstalledFFmpeg.Major < 7)
        {
            AssertUnsupported(path, "hvc1");
            return;
        }

        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec());
        Assert.That((decode.Clip.Shape[2], decode.Clip.Damage), Is.EqualTo((3, DamageReport.None)));
    }

    // The demuxer of FFmpeg 5.1 and 6.1 finds no picture of HEVC.
    private static bool IsUnreadHeic(string name)
    {
        bool isUnread = InstalledFFmpeg.Major < 7 && name.EndsWith(".heic", StringComparison.Ordinal);
        if (isUnread)
        {
            AssertUnsupported(Clip(name), "hvc1");
        }

        return isUnread;
    }

    private static void AssertGrid(string path, int width, int height, bool isTransparent, int worst, int turns = 0)
    {
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec { Background = new RgbColor(0, 0, 0) });
        Assert.That(decode.Clip.Shape, Is.EqualTo(turns == 0 ? new[] { height, width, 3 } : [width, height, 3]));
        byte[] expected = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int alpha = isTransparent && y >= 20 ? Math.Min(255, 2 * x) : 255;
                int at = turns == 0 ? ((y * width) + x) * 3 : ((x * height) + height - 1 - y) * 3;
                int[] colors = [x + (y / 2), Math.Min(255, 2 * y), 255 - x];
                for (int i = 0; i < 3; i++)
                {
                    expected[at + i] = (byte)(((colors[i] * alpha) + 127) / 255);
                }
            }
        }

        Assert.That(WorstDifference.Of(decode.Bytes, expected), Is.LessThanOrEqualTo(worst));
        Assert.That(MeanDifference(decode.Bytes, expected), Is.LessThan(2));
    }

    private static string Clip(string name) => Repository.PathOf("tests", "ClipGuard.Tests", "Media", "Clips", name);

    private static (string Kind, int? Degrees, bool? Mirrored, bool? Alpha) Look(string name)
    {
        using DirectDecode look = DirectDecode.Of(Clip(name), new InspectSpec());
        StreamDescription stream = ClipDescription.Read(look.Bytes).Streams.Single();
        return (stream.Kind, stream.RotationDegrees, stream.Mirrored, stream.HasAlpha);
    }

    private static void AssertUnsupported(string path, string named)
    {
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Unsupported), $"{decode.Fault?.Message} {decode.Log}");
        Assert.That(decode.Fault!.Message, Does.Contain(named));
    }

    private static void AssertTurned(string path, int turns, int? axis, string reference, int most)
    {
        using DirectDecode upright = DirectDecode.Of(Clip(reference), new ImageSpec());
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec());
        (int width, int height) = (turns & 1) != 0 ? (Height, Width) : (Width, Height);
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { height, width, 3 }));
        byte[] expected = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int turnedX, int turnedY) = axis switch { 0 => (x, height - 1 - y), 1 => (width - 1 - x, y), _ => (x, y) };
                (int fromX, int fromY) = turns switch
                {
                    1 => (Width - 1 - turnedY, turnedX),
                    2 => (Width - 1 - turnedX, Height - 1 - turnedY),
                    3 => (turnedY, Height - 1 - turnedX),
                    _ => (turnedX, turnedY),
                };
                upright.Bytes.Slice(((fromY * Width) + fromX) * 3, 3).CopyTo(expected.AsSpan(((y * width) + x) * 3));
            }
        }

        Assert.That(MeanDifference(decode.Bytes, expected), Is.LessThan(2));
        Assert.That(WorstDifference.Of(decode.Bytes, expected), Is.LessThanOrEqualTo(most));
    }

    private static double MeanDifference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += Math.Abs(a[i] - b[i]);
        }

        return (double)sum / a.Length;
    }
}
