using System.Buffers.Binary;

using ClipGuard.Audio;
using ClipGuard.Media;
using ClipGuard.Tests.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Audio;

/// <summary>NAudio keeps what every decoder of audio promises, and its own limits are told.</summary>
internal sealed class NAudioDecoderTests : AudioDecoderContract
{
    protected override (string Name, IAudioDecoder Decoder)? PlugIn { get; } = (NAudioDecoder.Name, new NAudioDecoder());

    [Test]
    public void What_NAudio_does_not_read_is_unsupported()
    {
        string text = Expect(FaultKind.Unsupported, Media.Make("tone.mp3", "-f lavfi -i sine=d=1"));
        Assert.That(text, Does.Contain("neither WAV nor AIFF"));
        Expect(FaultKind.Unsupported, Media.Make("film.avi", "-f lavfi -i testsrc2=s=64x64:d=0.2 -c:v mpeg4"));
        Expect(FaultKind.Unsupported, Media.Make("law.wav", "-f lavfi -i sine=d=1 -c:a pcm_alaw"));
        Expect(FaultKind.Unsupported, Media.Make("packed.wav", "-f lavfi -i sine=d=1 -c:a adpcm_ms"));

        // Little-endian samples in an AIFF-C.
        Expect(FaultKind.Unsupported, Media.Make("little.aiff", "-f lavfi -i sine=d=1 -c:a pcm_s16le"));
    }

    [Test]
    public void A_header_that_leads_back_to_itself_is_corrupt()
    {
        // The length of the samples in an RF64 is signed: this one leads back to its own chunk.
        byte[] bytes = File.ReadAllBytes(Make("large.wav"));
        int ds64 = bytes.AsSpan().IndexOf("ds64"u8);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(ds64 + 16), -8);
        using DirectDecode decode = Decode(new DecodeRequest(new MemorySource(bytes), new AudioSpec()), TimeSpan.FromSeconds(5));
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), () => $"{decode.Fault}");
    }

    [Test]
    public void A_helper_that_lacks_the_decoder_says_so()
    {
        using DirectDecode decode = new(new DecodeRequest(new FileSource(Make("s16.wav")), new AudioSpec { Decoder = "Nowhere" }));
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Unsupported));
    }
}
