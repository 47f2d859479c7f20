using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

[CancelAfter(60_000)]
internal sealed class AllowedFormatTests
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

    private static DecoderFault? Decode(string path, DecodeLimits limits)
    {
        using DirectDecode decode = new(new DecodeRequest(new FileSource(path), new AudioSpec()) { Limits = limits with { MaxPayloadBytes = 1 << 20 } });
        return decode.Fault;
    }
}
