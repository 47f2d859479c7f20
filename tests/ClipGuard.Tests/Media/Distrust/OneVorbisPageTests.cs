using System.Runtime.InteropServices;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media.Distrust;

/// <summary>Audio that lies on one page of an Ogg file has all its samples.</summary>
[CancelAfter(60_000)]
internal sealed class OneVorbisPageTests
{
    private const string OnePage = "-page_duration 100000000";

    private static readonly AudioSpec Native = new() { SampleRateHz = AudioSpec.NativeRate };

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase("libvorbis", 44_100, 0.3, 13_230)]
    [TestCase("libvorbis", 44_100, 1, 44_100)]
    [TestCase("libvorbis", 48_000, 2.7, 129_600)]
    [TestCase("libvorbis", 8_000, 0.9, 7_200)]
    [TestCase("libopus", 48_000, 0.9, 43_200)]
    [TestCase("flac", 44_100, 0.9, 39_690)]
    [TestCase("libspeex", 16_000, 0.9, 14_400)]
    public void All_samples_come(string codec, int rateHz, double seconds, int samples)
    {
        string path = Make(codec, rateHz, seconds);
        using DirectDecode decode = DirectDecode.Of(path, Native);
        Assert.That((decode.Clip.Shape[1], decode.Clip.Damage), Is.EqualTo((samples, DamageReport.None)));
        using DirectDecode part = DirectDecode.Of(path, Native with { StartSeconds = 0.2 });
        Assert.That(part.Samples.SequenceEqual(decode.Samples[(int)(0.2 * rateHz)..]));
    }

    [Test]
    public void They_are_those_of_a_file_of_several_pages()
    {
        using DirectDecode one = DirectDecode.Of(Make("libvorbis", 44_100, 1), Native);
        using DirectDecode several = DirectDecode.Of(_media.Make("several.ogg", "-f lavfi -i sine=d=1:r=44100 -c:a libvorbis -page_duration 100000"), Native);
        Assert.That(one.Samples.SequenceEqual(several.Samples));
    }

    [Test]
    public void FFmpeg_gets_it_wrong_by_itself()
    {
        // 5.1 cuts 128 samples off. Where this fails, it was mended.
        string path = Make("libvorbis", 44_100, 1);
        Assert.That(MemoryMarshal.Cast<byte, float>(FfmpegProgram.Run($"-i \"{path}\" -f f32le -")).Length, Is.Not.EqualTo(44_100));
    }

    private string Make(string codec, int rateHz, double seconds) => _media.Make(
        $"{codec}-{rateHz}-{seconds}.ogg",
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"-f lavfi -i sine=d={seconds}:r={rateHz} -c:a {codec} {OnePage}"));
}
