using System.Buffers.Binary;
using System.Runtime.InteropServices;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media.Distrust;

/// <summary>WAV samples that fill fewer bytes than they lie in, or have their highest byte first, come out as they were meant.</summary>
[CancelAfter(60_000)]
internal sealed class WavSamplesTests
{
    private const int RateHz = 16_000;
    private const int Samples = 8_000;

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void Valid_bits_are_the_upper_ones_of_their_container(
        [Values(1, 2)] int channels,
        [Values("8/16", "8/24", "16/24", "8/32", "16/32", "20/32", "24/32", "12/16", "20/24", "32/64", "24/64")] string bits)
    {
        (int valid, int container) = Bits(bits);
        string path = Write($"valid-{channels}-{valid}-{container}.wav", Wav(channels, valid, container, isExtensible: true, isBigEndian: false));
        AssertSamples(path, channels, valid);
    }

    [TestCase("24/32")]
    [TestCase("20/32")]
    [TestCase("16/32")]
    [TestCase("16/24")]
    public void Without_an_extension_the_length_of_a_sample_counts(string bits)
    {
        (int valid, int container) = Bits(bits);
        AssertSamples(Write($"plain-{valid}-{container}.wav", Wav(2, valid, container, isExtensible: false, isBigEndian: false)), 2, valid);
    }

    [Test]
    public void Floats_of_Cool_Edit_stay_floats()
    {
        byte[] wav = Wav(1, 24, 32, isExtensible: false, isBigEndian: false);
        Span<float> samples = MemoryMarshal.Cast<byte, float>(wav.AsSpan(wav.Length - (Samples * sizeof(float))));
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = Math.Clamp(Sample(i, 0), -0.99f, 0.99f) * (1 << 23);
        }

        using DirectDecode decode = Native(Write("cooledit.wav", wav));
        Assert.That(decode.Samples.ToArray(), Is.EqualTo(Enumerable.Range(0, Samples).Select(i => Math.Clamp(Sample(i, 0), -0.99f, 0.99f))).Within(1e-6));
    }

    [Test]
    public void A_length_of_a_sample_that_goes_with_nothing_else_in_the_header_is_not_believed()
    {
        byte[] wav = Wav(1, 16, 16, isExtensible: false, isBigEndian: false);
        BinaryPrimitives.WriteUInt16LittleEndian(wav.AsSpan(32), 4);
        AssertSamples(Write("misaligned.wav", wav), 1, 16);
    }

    [Test]
    public void A_container_that_FFmpeg_cannot_read_is_refused()
    {
        using DirectDecode decode = Native(Write("forty.wav", Wav(1, 24, 40, isExtensible: true, isBigEndian: false)));
        Assert.That((decode.Fault?.Kind, decode.Fault?.Message),
            Is.EqualTo(((FaultKind?)FaultKind.Unsupported, "The samples have 24 bits in 40, which FFmpeg cannot read.")));
    }

    [TestCase("wave64.w64")]
    [TestCase("padded.avi")]
    public void Wave64_and_AVI_hold_the_same_header(string name)
    {
        // FFmpeg writes six channels under an extensible header; here it says that 20 of the 32 bits are valid.
        string path = _media.Make(name, $"-f lavfi -i anoisesrc=r={RateHz}:d=0.5:a=0.5:seed=3 -ac 6 -c:a pcm_s32le");
        using DirectDecode whole = Native(path);
        byte[] bytes = File.ReadAllBytes(path);
        int guid = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(guid - 8), 20);
        using DirectDecode padded = Native(_media.Write($"20-{name}", bytes));
        Assert.That(padded.Clip.Shape, Is.EqualTo(whole.Clip.Shape));
        Assert.That(padded.Samples.SequenceEqual(whole.Samples));
    }

    [Test]
    public void The_highest_byte_first_is_read_so(
        [Values(1, 2)] int channels, [Values("8/8", "16/16", "24/24", "32/32", "20/32", "64/64")] string bits, [Values] bool isExtensible)
    {
        (int valid, int container) = Bits(bits);
        string path = Write($"big-{channels}-{valid}-{container}-{isExtensible}.wav", Wav(channels, valid, container, isExtensible, isBigEndian: true));
        AssertSamples(path, channels, valid);
        AssertSlice(path, channels);
    }

    [Test]
    public void A_cut_off_RIFX_is_told_as_one()
    {
        byte[] wav = Wav(1, 16, 16, isExtensible: false, isBigEndian: true);
        using DirectDecode decode = Native(Write("cut.wav", wav.AsSpan(0, wav.Length - 2_000).ToArray()));
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
        Assert.That(decode.Fault!.Message, Does.Contain("1000 samples missing"));
    }

    [Test]
    public void Compressed_samples_in_RIFX_are_refused()
    {
        byte[] wav = Wav(1, 16, 16, isExtensible: false, isBigEndian: true);
        BinaryPrimitives.WriteUInt16BigEndian(wav.AsSpan(20), 0x11);
        using DirectDecode decode = Native(Write("ima.wav", wav));
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Unsupported));
    }

    [TestCase("24/32", true, false)]
    [TestCase("20/32", true, false)]
    [TestCase("24/32", false, false)]
    [TestCase("16/16", false, true)]
    public void FFmpeg_gets_it_wrong_by_itself(string bits, bool isExtensible, bool isBigEndian)
    {
        // Seen in 5.1, 7.1 and 9.0. Where this fails, FFmpeg has mended it, and the rule is needed for the older ones alone.
        (int valid, int container) = Bits(bits);
        string path = Write($"own-{valid}-{isExtensible}-{isBigEndian}.wav", Wav(1, valid, container, isExtensible, isBigEndian));
        float[] given = MemoryMarshal.Cast<byte, float>(FfmpegProgram.Run($"-i \"{path}\" -f f32le -")).ToArray();
        Assert.That(given.Length != Samples || Enumerable.Range(0, Samples).Any(i => !(Math.Abs(given[i] - Sample(i, 0)) < 0.01)));
    }

    [Test]
    public void A_look_tells_of_it()
    {
        using DirectDecode decode = DirectDecode.Of(Write("look.wav", Wav(1, 20, 32, isExtensible: true, isBigEndian: true)), new InspectSpec());
        ClipDescription clip = ClipDescription.Read(decode.Bytes);
        Assert.That(clip.Notes, Is.EqualTo(
            new[] { "The file is a RIFX (a WAV with the highest byte first) and is read as one.", "The samples have 20 bits in 32; all 32 are read." }));
        Assert.That((clip.DurationSeconds, clip.Streams[0].FoundSampleCount), Is.EqualTo((0.5, 8_000L)));
    }

    private static (int Valid, int Container) Bits(string text) => (int.Parse(text.Split('/')[0], null), int.Parse(text.Split('/')[1], null));

    // A tone that is not the same in both channels, nor backwards.
    private static float Sample(int i, int channel) => (float)(0.6 * Math.Sin((i * 0.03) + channel) * (1 - (i / 20_000.0)));

    private static byte[] Wav(int channels, int valid, int container, bool isExtensible, bool isBigEndian)
    {
        int width = container / 8;
        using var stream = new MemoryStream();
        void Text(string text) => stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
        void Number(ulong number, int bytes)
        {
            Span<byte> little = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(little, number);
            Span<byte> used = little[..bytes];
            if (isBigEndian)
            {
                used.Reverse();
            }

            stream.Write(used);
        }

        int format = isExtensible ? 40 : 16;
        int data = Samples * channels * width;
        Text(isBigEndian ? "RIFX" : "RIFF");
        Number((ulong)(20 + format + data), 4);
        Text("WAVEfmt ");
        Number((ulong)format, 4);
        Number(isExtensible ? 0xFFFEu : 1, 2);
        Number((ulong)channels, 2);
        Number(RateHz, 4);
        Number((ulong)(RateHz * channels * width), 4);
        Number((ulong)(channels * width), 2);
        Number((ulong)(isExtensible ? container : valid), 2);
        if (isExtensible)
        {
            Number(22, 2);
            Number((ulong)valid, 2);
            Number(channels == 1 ? 4u : 3, 4);
            Number(1, 4);
            Number(0, 2);
            Number(0x10, 2);
            stream.Write([0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
        }

        Text("data");
        Number((ulong)data, 4);
        for (int i = 0; i < Samples * channels; i++)
        {
            long upper = (long)Math.Round(Sample(i / channels, i % channels) * (1L << Math.Min(valid - 1, 30))) << (container - Math.Min(valid, 31));
            Number(container == 8 ? (ulong)((upper & 0xFF) ^ 0x80) : (ulong)upper, width);
        }

        return stream.ToArray();
    }

    private static DirectDecode Native(string path) =>
        DirectDecode.Of(path, new AudioSpec { SampleRateHz = AudioSpec.NativeRate, Channels = AudioChannels.All });

    private static void AssertSamples(string path, int channels, int valid)
    {
        using DirectDecode decode = Native(path);
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { channels, Samples }));
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        double step = valid > 24 ? 1e-6 : 1.0 / (1 << (valid - 1));
        for (int channel = 0; channel < channels; channel++)
        {
            for (int i = 0; i < Samples; i++)
            {
                Assert.That(Math.Abs(decode.Samples[(channel * Samples) + i] - Sample(i, channel)), Is.LessThanOrEqualTo(step), $"{channel}, {i}");
            }
        }
    }

    private static void AssertSlice(string path, int channels)
    {
        using DirectDecode whole = Native(path);
        using DirectDecode part = DirectDecode.Of(path, new AudioSpec { SampleRateHz = AudioSpec.NativeRate, StartSeconds = 0.2001, DurationSeconds = 0.1 });
        using DirectDecode mono = DirectDecode.Of(path, new AudioSpec { SampleRateHz = AudioSpec.NativeRate });
        Assert.That(part.Samples.SequenceEqual(mono.Samples.Slice(3_201, 1_600)));
        Assert.That(whole.Samples.Length, Is.EqualTo(channels * Samples));
    }

    private string Write(string name, byte[] bytes) => _media.Write(name, bytes);
}
