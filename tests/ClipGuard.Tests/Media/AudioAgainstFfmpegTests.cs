using System.Globalization;
using System.Runtime.InteropServices;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Decoded audio, sample by sample, against what the ffmpeg program makes of the same clip with the same resampler.</summary>
[CancelAfter(120_000)]
internal sealed class AudioAgainstFfmpegTests
{
    // A chord over noise that differs between channels, so that a swapped or lost channel shows.
    private const string Stereo = "-f lavfi -i \"sine=f=440:d=3:r=44100,volume=0.5,aformat=fltp:44100:mono[a];"
        + "anoisesrc=d=3:r=44100:seed=7:a=0.2,aformat=fltp:44100:mono[b];[a][b]amerge\"";
    private const string Surround = "-f lavfi -i \"anoisesrc=d=2:r=48000:seed=3:a=0.3,pan=5.1|c0=c0|c1=0.9*c0|c2=0.8*c0|c3=0.7*c0|c4=0.6*c0|c5=0.5*c0\"";
    private const double SixteenBitStep = 1.0 / 32768;
    private const double FloatStep = 1e-6;

    // What lies after a sample is heard in it by the resampler's filter, this far.
    private const int FilterSamples = 32;

    private static readonly (string Name, string Arguments, double Step)[] Clips =
    [
        ("s16.wav", $"{Stereo} -c:a pcm_s16le", SixteenBitStep),
        ("u8.wav", $"{Stereo} -c:a pcm_u8", SixteenBitStep),
        ("s24.wav", $"{Stereo} -c:a pcm_s24le", SixteenBitStep),
        ("f32.wav", $"{Stereo} -c:a pcm_f32le", FloatStep),
        ("f64.wav", $"{Stereo} -c:a pcm_f64le", FloatStep),
        ("big.aiff", $"{Stereo} -c:a pcm_s16be", SixteenBitStep),
        ("s16.flac", $"{Stereo} -sample_fmt s16", SixteenBitStep),
        ("s32.flac", $"{Stereo} -sample_fmt s32", SixteenBitStep),
        ("alac.m4a", $"{Stereo} -c:a alac", SixteenBitStep),
        ("lame.mp3", Stereo, FloatStep),
        ("two.mp2", Stereo, SixteenBitStep),
        ("aac.m4a", Stereo, FloatStep),
        ("adts.aac", Stereo, FloatStep),
        ("aac.mkv", $"{Stereo} -c:a aac", FloatStep),
        ("vorbis.ogg", $"{Stereo} -c:a libvorbis", FloatStep),
        ("opus.ogg", $"{Stereo} -c:a libopus", FloatStep),
        ("opus.webm", $"{Stereo} -c:a libopus", FloatStep),
        ("dolby.ac3", Surround, FloatStep),
        ("media.wma", Stereo, FloatStep),
        ("adpcm.avi", $"{Stereo} -c:a adpcm_ms", SixteenBitStep),
        ("surround.flac", $"{Surround} -sample_fmt s16", SixteenBitStep),
        ("negative.ts", $"{Stereo} -c:a mp2 -muxdelay 0 -muxpreload 0 -output_ts_offset -0.7 -avoid_negative_ts disabled", SixteenBitStep),
    ];

    private readonly MediaFolder _media = new();

    public static IEnumerable<string> Names => Clips.Select(clip => clip.Name);

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Names))]
    public void Resampled_audio_of_all_channels_is_what_ffmpeg_makes(string name)
    {
        using DirectDecode decode = DirectDecode.Of(Make(name), new AudioSpec { Channels = AudioChannels.All });
        float[] expected = Reference(name, "-ar 16000");
        AssertEqual(decode, Planar(expected, decode.Clip.Shape[0]), Clips.Single(clip => clip.Name == name).Step);
    }

    [TestCaseSource(nameof(Names))]
    public void Mono_is_the_mean_of_the_channels(string name)
    {
        using DirectDecode all = DirectDecode.Of(Make(name), new AudioSpec { Channels = AudioChannels.All, SampleRateHz = AudioSpec.NativeRate });
        using DirectDecode mono = DirectDecode.Of(Make(name), new AudioSpec { SampleRateHz = AudioSpec.NativeRate });
        int channels = all.Clip.Shape[0];
        int samples = all.Clip.Shape[1];
        Assert.That(mono.Clip.Shape, Is.EqualTo(new[] { 1, samples }));
        double worst = 0;
        for (int i = 0; i < samples; i++)
        {
            double sum = 0;
            for (int channel = 0; channel < channels; channel++)
            {
                sum += all.Samples[(channel * samples) + i];
            }

            worst = Math.Max(worst, Math.Abs((sum / channels) - mono.Samples[i]));
        }

        Assert.That(worst, Is.LessThan(FloatStep));
    }

    [Test]
    public void Native_audio_is_bit_exact([Values("s16.wav", "s24.wav", "f32.wav", "u8.wav", "big.aiff", "s16.flac", "s32.flac", "surround.flac")] string name)
    {
        using DirectDecode decode = DirectDecode.Of(Make(name), new AudioSpec { Channels = AudioChannels.All, SampleRateHz = AudioSpec.NativeRate });
        float[] expected = Planar(Reference(name, string.Empty), decode.Clip.Shape[0]);
        Assert.That(decode.Samples.SequenceEqual(expected));
    }

    [Test]
    public void Soxr_is_what_ffmpeg_makes_with_soxr([Values("f32.wav", "s16.flac", "lame.mp3")] string name)
    {
        using DirectDecode decode = DirectDecode.Of(Make(name), new AudioSpec { Channels = AudioChannels.All, Resampler = AudioResampler.Soxr });
        float[] expected = Reference(name, "-af aresample=16000:resampler=soxr");
        AssertEqual(decode, Planar(expected, decode.Clip.Shape[0]), FloatStep * 2);
    }

    [TestCase(44_100, 16_000, 3)]
    [TestCase(44_100, 22_050, 3)]
    [TestCase(48_000, 16_000, 3)]
    [TestCase(8_000, 16_000, 1)]
    [TestCase(11_025, 44_100, 1)]
    [TestCase(44_100, 44_101, 1)]
    public void The_length_is_the_exact_ceiling(int source, int target, int seconds)
    {
        int samples = (source * seconds) + 7;
        string path = _media.Make($"{source}-{target}.wav", $"-f lavfi -i sine=r={source}:d={seconds + 1} -af atrim=end_sample={samples}");
        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec { SampleRateHz = target });
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, (int)Math.Ceiling((double)samples * target / source) }));
    }

    private static float[] Planar(float[] interleaved, int channels)
    {
        int samples = interleaved.Length / channels;
        float[] planar = new float[interleaved.Length];
        for (int i = 0; i < interleaved.Length; i++)
        {
            planar[((i % channels) * samples) + (i / channels)] = interleaved[i];
        }

        return planar;
    }

    private static void AssertEqual(DirectDecode decode, float[] expected, double step)
    {
        int channels = decode.Clip.Shape[0];
        int samples = decode.Clip.Shape[1];
        int expectedSamples = expected.Length / channels;

        // The program keeps what its resampler gives, and the padding of an mp4's last packet; the length here is the exact one.
        Assert.That(expectedSamples - samples, Is.InRange(-40, 400));
        int compared = expectedSamples > samples + 40 ? samples - FilterSamples : Math.Min(samples, expectedSamples);
        double worst = 0;
        for (int channel = 0; channel < channels; channel++)
        {
            for (int i = 0; i < compared; i++)
            {
                worst = Math.Max(worst, Math.Abs(decode.Samples[(channel * samples) + i] - expected[(channel * expectedSamples) + i]));
            }
        }

        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"at most {worst:0.0e+0} apart ({worst / SixteenBitStep:0.###} of 16 bit)"));
        Assert.That(worst, Is.LessThanOrEqualTo(step));
    }

    private string Make(string name) => _media.Make(name, Clips.Single(clip => clip.Name == name).Arguments);

    private float[] Reference(string name, string options) =>
        MemoryMarshal.Cast<byte, float>(FfmpegProgram.Run($"-i \"{Make(name)}\" -map a:0 {options} -f f32le -")).ToArray();
}
