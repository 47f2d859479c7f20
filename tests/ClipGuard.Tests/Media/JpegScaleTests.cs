using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>JPEGs that are decoded at a part of their size: the same shapes and verdicts, nearly the same values.</summary>
[CancelAfter(60_000)]
internal sealed class JpegScaleTests
{
    // Smooth as a photograph, in an odd size.
    private const string Photograph = "-f lavfi -i \"testsrc2=s=1601x1203,gblur=sigma=6\" -frames:v 1 -q:v 3 -pix_fmt";

    private static readonly ImageSpec Small = new() { Size = new ExactSize(224, 160) };

    private static readonly OutputSize[] Sizes =
    [
        new ExactSize(224, 160), new ExactSize(90, 300), new ExactSize(601, 590), new ShorterSideSize(256, 224, 224), new SmartSize { MaxPixels = 200_000 },
    ];

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase("yuvj420p")]
    [TestCase("yuvj422p")]
    [TestCase("yuvj444p")]
    [TestCase("gray")]
    public void Photographs_differ_by_little(string format)
    {
        string path = _media.Make($"{format}.jpg", $"{Photograph} {format}");
        foreach (OutputSize size in Sizes)
        {
            using DirectDecode exact = DirectDecode.Of(path, new ImageSpec { Size = size });
            using DirectDecode fast = DirectDecode.Of(path, new ImageSpec { Size = size, JpegScale = JpegScale.Fast });
            Assert.That(fast.Clip.Shape, Is.EqualTo(exact.Clip.Shape), size.ToString());
            Assert.That(MeanDifference(exact.Bytes, fast.Bytes), Is.GreaterThan(0).And.LessThan(1.5), size.ToString());
        }
    }

    [TestCase(6)]
    [TestCase(3)]
    public void A_turned_picture_stays_turned(int orientation)
    {
        string path = _media.Write($"turned-{orientation}.jpg", WithExif(File.ReadAllBytes(_media.Make("upright.jpg", $"{Photograph} yuvj420p")), orientation));
        foreach (OutputSize size in Sizes)
        {
            using DirectDecode exact = DirectDecode.Of(path, new ImageSpec { Size = size });
            using DirectDecode fast = DirectDecode.Of(path, new ImageSpec { Size = size, JpegScale = JpegScale.Fast });
            Assert.That(fast.Clip.Shape, Is.EqualTo(exact.Clip.Shape), size.ToString());
            Assert.That(MeanDifference(exact.Bytes, fast.Bytes), Is.LessThan(1.5), size.ToString());
        }
    }

    [Test]
    public void What_is_wanted_as_large_as_it_is_has_the_same_values()
    {
        string path = _media.Make("whole.jpg", $"{Photograph} yuvj420p");
        foreach (OutputSize size in new OutputSize[] { new OwnSize(), new ExactSize(802, 602), new ExactSize(90, 700) })
        {
            using DirectDecode exact = DirectDecode.Of(path, new ImageSpec { Size = size });
            using DirectDecode fast = DirectDecode.Of(path, new ImageSpec { Size = size, JpegScale = JpegScale.Fast });
            Assert.That(fast.Bytes.SequenceEqual(exact.Bytes), Is.True, size.ToString());
        }
    }

    [TestCase("photograph.png", "rgb24")]
    [TestCase("photograph.webp", "yuv420p")]
    [TestCase("photograph.bmp", "bgr24")]
    public void Other_formats_are_decoded_as_they_are(string name, string format)
    {
        string path = _media.Make(name, $"{Photograph} {format}");
        using DirectDecode exact = DirectDecode.Of(path, Small);
        using DirectDecode fast = DirectDecode.Of(path, Small with { JpegScale = JpegScale.Fast });
        Assert.That(fast.Bytes.SequenceEqual(exact.Bytes), Is.True);
    }

    [Test]
    public void A_limit_is_one_of_the_picture_as_it_is_stored()
    {
        string path = _media.Make("limited.jpg", $"{Photograph} yuvj420p");
        var request = new DecodeRequest(new FileSource(path), Small with { JpegScale = JpegScale.Fast })
        {
            Limits = new DecodeLimits { MaxFramePixels = 1_900_000, MaxPayloadBytes = 1 << 20 },
        };
        using var decode = new DirectDecode(request);
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
    }

    [TestCase(0.98)]
    [TestCase(0.5)]
    [TestCase(0.1)]
    public void A_picture_that_was_cut_off_is_damaged(double share)
    {
        byte[] whole = File.ReadAllBytes(_media.Make("cut-whole.jpg", $"{Photograph} yuvj420p"));
        string path = _media.Write("cut.jpg", whole.AsSpan(0, (int)(whole.Length * share)));
        using DirectDecode exact = DirectDecode.Of(path, Small);
        using DirectDecode fast = DirectDecode.Of(path, Small with { JpegScale = JpegScale.Fast });
        Assert.That(fast.Fault, Is.EqualTo(exact.Fault).And.Not.Null);
    }

    private static double MeanDifference(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        long sum = 0;
        for (int i = 0; i < one.Length; i++)
        {
            sum += Math.Abs(one[i] - other[i]);
        }

        return (double)sum / one.Length;
    }

    // Behind the start of the image: a segment with a directory of one entry.
    private static byte[] WithExif(byte[] jpeg, int orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*\0\0\0\b"u8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg.AsSpan(0, 2), .. exif, .. jpeg.AsSpan(2)];
    }
}
