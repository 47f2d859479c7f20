using System.Runtime.InteropServices;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Samples that are no numbers are damage, and none of them is delivered.</summary>
[CancelAfter(60_000)]
internal sealed class NonFiniteSilencerTests
{
    private const int RateHz = 16_000;

    private static readonly AudioSpec Native = new() { SampleRateHz = AudioSpec.NativeRate, Channels = AudioChannels.All };

    private static readonly double[] Bad = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void They_are_told_and_silence_takes_their_place(
        [Values("pcm_f32le", "pcm_f64le")] string codec, [Values("wav", "mov")] string container, [Values(1, 2)] int channels)
    {
        string clean = _media.Make($"clean-{codec}-{channels}.{container}", $"-f lavfi -i sine=d=1:r={RateHz} -ac {channels} -c:a {codec}");
        byte[] bytes = File.ReadAllBytes(clean);
        int start = Samples(bytes, clean);
        for (int i = 0; i < 11; i++)
        {
            Write(bytes, start, codec, ((5_000 + i) * channels) + (i % channels), Bad[i % Bad.Length]);
        }

        using DirectDecode whole = DirectDecode.Of(clean, Native);
        using DirectDecode decode = DirectDecode.Of(_media.Write($"spoilt-{codec}-{channels}.{container}", bytes), Native);
        Assert.That(decode.Clip.Damage.CorruptFrameCount, Is.Positive);
        Assert.That(decode.Clip.Damage.FirstAt?.TotalSeconds, Is.EqualTo(5_000.0 / RateHz).Within(0.0001));
        float[] expected = whole.Samples.ToArray();
        for (int i = 0; i < 11; i++)
        {
            expected[((i % channels) * RateHz) + 5_000 + i] = 0;
        }

        Assert.That(decode.Samples.SequenceEqual(expected));
    }

    [Test]
    public void Many_are_the_clips_fault()
    {
        byte[] bytes = File.ReadAllBytes(_media.Make("many.wav", $"-f lavfi -i sine=d=1:r={RateHz} -c:a pcm_f32le"));
        int start = Samples(bytes, _media.PathOf("many.wav"));
        for (int i = 0; i < 200; i++)
        {
            Write(bytes, start, "pcm_f32le", i * 50, double.NaN);
        }

        string path = _media.Write("many-spoilt.wav", bytes);
        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec());
        using DirectDecode look = DirectDecode.Of(path, new InspectSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
        Assert.That(decode.Fault!.Message, Does.StartWith("1.3 % of the audio"));
        Assert.That(ClipDescription.Read(look.Bytes).Streams[0].Damage!.CorruptFrameCount, Is.Positive);
    }

    [Test]
    public void What_lies_outside_the_time_range_does_not_count()
    {
        byte[] bytes = File.ReadAllBytes(_media.Make("outside.wav", $"-f lavfi -i sine=d=1:r={RateHz} -c:a pcm_f32le"));
        Write(bytes, Samples(bytes, _media.PathOf("outside.wav")), "pcm_f32le", 100, double.NaN);
        using DirectDecode decode = DirectDecode.Of(_media.Write("outside-spoilt.wav", bytes), new AudioSpec { StartSeconds = 0.5 });
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
    }

    // Where the first second of samples lies: found by the bytes of the decoded ones, as they are not compressed.
    private static int Samples(byte[] bytes, string path)
    {
        string type = path.Contains("f64", StringComparison.Ordinal) ? "f64le" : "f32le";
        byte[] raw = FfmpegProgram.Run($"-i \"{path}\" -f {type} -");
        return bytes.AsSpan().IndexOf(raw.AsSpan(0, 4_000));
    }

    private static void Write(byte[] bytes, int start, string codec, int element, double value)
    {
        if (codec == "pcm_f64le")
        {
            MemoryMarshal.Write(bytes.AsSpan(start + (element * sizeof(double))), value);
        }
        else
        {
            MemoryMarshal.Write(bytes.AsSpan(start + (element * sizeof(float))), (float)value);
        }
    }
}
