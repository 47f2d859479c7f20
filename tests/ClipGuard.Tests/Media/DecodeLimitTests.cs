using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

[CancelAfter(60_000)]
internal sealed class DecodeLimitTests
{
    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void Only_allowed_containers_are_read()
    {
        string path = _media.Make("tone.flac", "-f lavfi -i sine=d=1");
        Assert.That(Decode(path, new DecodeLimits { AllowedFormats = ["wav", "flac"] }), Is.Null);
        Assert.That(Decode(path, new DecodeLimits { AllowedFormats = ["wav", "mov"] })?.Kind, Is.EqualTo(FaultKind.Unsupported));
    }

    [Test]
    public void Only_allowed_codecs_are_decoded()
    {
        string path = _media.Make("tone.mka", "-f lavfi -i sine=d=1 -c:a flac");
        Assert.That(Decode(path, new DecodeLimits { AllowedCodecs = ["flac"] }), Is.Null);
        Assert.That(Decode(path, new DecodeLimits { AllowedCodecs = ["opus"] })?.Message, Does.Contain("flac is not among those allowed: opus"));
    }

    [Test]
    public void A_clip_longer_than_the_limit_is_over_it()
    {
        string path = _media.Make("tone.flac", "-f lavfi -i sine=d=1");
        Assert.That(Decode(path, new DecodeLimits { MaxDuration = TimeSpan.FromSeconds(2) }), Is.Null);
        Assert.That(Decode(path, new DecodeLimits { MaxDuration = TimeSpan.FromSeconds(0.5) })?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
    }

    [TestCase("film.mp4")]
    [TestCase("film.ts")]
    [TestCase("film.h264")]
    public void A_video_longer_than_the_limit_is_over_it_whatever_is_wanted_of_it(string name)
    {
        string path = _media.Make(name, "-f lavfi -i testsrc2=s=64x64:d=2 -c:v libx264 -pix_fmt yuv420p");
        var first = new VideoSpec { Selection = new IndexFrames([0]), EndSeconds = 0.1 };
        Assert.That(Decode(path, new DecodeLimits { MaxDuration = TimeSpan.FromSeconds(2) }, first), Is.Null);
        DecoderFault? fault = Decode(path, new DecodeLimits { MaxDuration = TimeSpan.FromSeconds(1.5) }, first);
        Assert.That(fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
        Assert.That(fault?.Message, Does.EndWith("longer than the limit of 1.5 s."));
    }

    [Test]
    public void Where_the_header_tells_a_long_video_is_refused_before_it_is_read()
    {
        string path = _media.Make("film.mp4", "-f lavfi -i testsrc2=s=64x64:d=2 -c:v libx264 -pix_fmt yuv420p");
        using DirectDecode decode = new(
            new DecodeRequest(new FileSource(path), new VideoSpec()) { Limits = new DecodeLimits { MaxDuration = TimeSpan.FromSeconds(1) } });
        Assert.That((decode.Fault?.Kind, decode.Packets, decode.Frames), Is.EqualTo(((FaultKind?)FaultKind.LimitExceeded, 0L, 0L)));
    }

    [TestCase("film.mp4", "-c:v libx264 -pix_fmt yuv420p")]
    [TestCase("film.h264", "-c:v libx264 -pix_fmt yuv420p")]
    [TestCase("tone.aac", "-vn -c:a aac")]
    public void A_look_decodes_no_clip_that_is_longer_than_the_limit(string name, string codec)
    {
        string path = _media.Make("look-" + name, $"-f lavfi -i testsrc2=s=64x64:d=2 -f lavfi -i sine=d=2 {codec}");
        Assert.That(Decode(path, new DecodeLimits { MaxDuration = TimeSpan.FromSeconds(2.5) }, new InspectSpec()), Is.Null);
        Assert.That(Decode(path, new DecodeLimits { MaxDuration = TimeSpan.FromSeconds(1) }, new InspectSpec())?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
        Assert.That(Decode(path, new DecodeLimits { MaxDuration = TimeSpan.FromSeconds(1) }, new InspectSpec { CountFrames = false }), Is.Null);
    }

    [Test]
    public void A_list_of_frames_has_a_limit_too()
    {
        string path = _media.Make("frame.png", "-f lavfi -i testsrc2=s=16x16 -frames:v 1");
        var request = new DecodeRequest(new FileListSource([path, path, path]), new VideoSpec { Selection = new UniformFrames(3) });
        using DirectDecode within = new(request with { Limits = new DecodeLimits { MaxFrames = 3 } });
        using DirectDecode beyond = new(request with { Limits = new DecodeLimits { MaxFrames = 2 } });
        Assert.That((within.Fault, beyond.Fault?.Kind), Is.EqualTo(((DecoderFault?)null, (FaultKind?)FaultKind.LimitExceeded)));
    }

    private static DecoderFault? Decode(string path, DecodeLimits limits, ClipSpec? spec = null)
    {
        using DirectDecode decode = new(
            new DecodeRequest(new FileSource(path), spec ?? new AudioSpec()) { Limits = limits with { MaxPayloadBytes = 4 << 20 } });
        return decode.Fault;
    }
}
