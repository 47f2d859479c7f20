using System.Buffers.Binary;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>A header that tells a frame rate which is none is passed over: what is decoded has the rate that the frames show.</summary>
[CancelAfter(60_000)]
internal sealed class InvalidFrameRateTests
{
    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase(1e300)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(double.NaN)]
    [TestCase(-5)]
    [TestCase(0)]
    public void A_rate_that_is_none_is_passed_over(double rate)
    {
        byte[] film = File.ReadAllBytes(_media.Make("film.flv", "-f lavfi -i testsrc2=s=64x48:r=10:d=2 -c:v flv"));

        // In FLV's metadata a name is followed by the byte 0 and a number of eight bytes.
        int number = film.AsSpan().IndexOf("framerate\0"u8) + "framerate\0"u8.Length;
        BinaryPrimitives.WriteDoubleBigEndian(film.AsSpan(number), rate);
        string path = _media.Write("odd.flv", film);

        using DirectDecode look = DirectDecode.Of(path, new InspectSpec());
        StreamDescription stream = ClipDescription.Read(look.Bytes).Streams.Single();
        Assert.That((stream.FoundFrameCount, double.IsFinite(stream.FrameRateHz ?? 10)), Is.EqualTo(((long?)20, true)));
        using DirectDecode frames = DirectDecode.Of(path, new VideoSpec { Selection = new RateFrames(2) });
        Assert.That(frames.Clip.Shape[0], Is.EqualTo(4), "two seconds at ten frames a second");
    }
}
