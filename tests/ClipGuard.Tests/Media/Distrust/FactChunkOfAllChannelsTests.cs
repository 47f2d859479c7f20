using System.Buffers.Binary;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media.Distrust;

/// <summary>WAV files whose <c>fact</c> chunk promises more than their blocks hold are whole, and are cut off where their blocks are.</summary>
[CancelAfter(60_000)]
internal sealed class FactChunkOfAllChannelsTests
{
    private static readonly AudioSpec Native = new() { SampleRateHz = AudioSpec.NativeRate, Channels = AudioChannels.All };

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void The_blocks_count([Values("adpcm_ima_wav", "adpcm_ms")] string codec, [Values(1, 2)] int channels, [Values(2, 10)] int factor)
    {
        string right = Make(codec, channels);
        using DirectDecode expected = DirectDecode.Of(right, Native);
        using DirectDecode decode = DirectDecode.Of(_media.Write($"{codec}-{channels}-{factor}.wav", WithFact(right, factor)), Native);
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        Assert.That(decode.Samples.SequenceEqual(expected.Samples));
    }

    [Test]
    public void Cut_off_blocks_are_missing([Values("adpcm_ima_wav", "adpcm_ms")] string codec)
    {
        byte[] wav = WithFact(Make(codec, 2), 2);
        using DirectDecode decode = DirectDecode.Of(_media.Write($"cut-{codec}.wav", wav.AsSpan(0, wav.Length * 2 / 3)), Native);
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
        Assert.That(decode.Fault!.Message, Does.Match(@"^3[1-4]\.\d %"));
    }

    [Test]
    public void FFmpeg_gets_it_wrong_by_itself_and_a_look_tells_the_length()
    {
        // The length of the header is believed. 9 does not any more.
        string path = _media.Write("look.wav", WithFact(Make("adpcm_ima_wav", 2), 2));
        Assert.That(double.Parse(FfmpegProgram.Probe($"-show_entries format=duration -of csv=p=0 \"{path}\"")[0],
            System.Globalization.CultureInfo.InvariantCulture), InstalledFFmpeg.ProgramMajor >= 9 ? Is.EqualTo(3).Within(0.05) : Is.GreaterThan(5));
        using DirectDecode look = DirectDecode.Of(path, new InspectSpec());
        ClipDescription clip = ClipDescription.Read(look.Bytes);
        Assert.That(clip.DurationSeconds, Is.EqualTo(3).Within(0.05));
        Assert.That(clip.Streams[0].Damage, Is.EqualTo(DamageReport.None));
        Assert.That(clip.Notes, Has.Count.EqualTo(1));
    }

    private static byte[] WithFact(string path, int factor)
    {
        byte[] wav = File.ReadAllBytes(path);
        Span<byte> fact = wav.AsSpan(wav.AsSpan().IndexOf("fact"u8) + 8);
        BinaryPrimitives.WriteUInt32LittleEndian(fact, BinaryPrimitives.ReadUInt32LittleEndian(fact) * (uint)factor);
        return wav;
    }

    private string Make(string codec, int channels) =>
        _media.Make($"right-{codec}-{channels}.wav", $"-f lavfi -i sine=d=3:r=44100 -ac {channels} -c:a {codec}");
}
