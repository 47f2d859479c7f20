using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>A stretch of a clip is the same samples as that stretch of the whole clip.</summary>
[CancelAfter(120_000)]
internal sealed class AudioStretchTests
{
    private const string Source = "-f lavfi -i \"sine=f=440:d=20:r=44100,volume=0.5[a];anoisesrc=d=20:r=44100:seed=7:a=0.2:c=pink[b];[a][b]amix=inputs=2\"";

    // AAC may leave noise to be made up by the decoder, which makes other noise after a jump.
    private const string WithoutMadeUpNoise = "-aac_pns 0";

    private static readonly (string Name, string Arguments, double Tolerance)[] Clips =
    [
        ("pcm.wav", Source, 0),
        ("lossless.flac", Source, 0),
        ("lossless.mkv", $"{Source} -c:a flac", 0),
        ("apple.m4a", $"{Source} -c:a alac", 0),
        ("lame.mp3", Source, 1e-5),
        ("variable.mp3", $"{Source} -q:a 4", 1e-5),
        ("aac.m4a", $"{Source} {WithoutMadeUpNoise}", 1e-5),
        ("adts.aac", $"{Source} {WithoutMadeUpNoise}", 1e-5),
        ("aac.mkv", $"{Source} -c:a aac {WithoutMadeUpNoise}", 1e-5),
        ("transport.ts", $"{Source} -c:a aac {WithoutMadeUpNoise}", 1e-5),
        ("vorbis.ogg", $"{Source} -c:a libvorbis", 1e-5),
        ("opus.ogg", $"{Source} -c:a libopus", 2e-3),
        ("opus.webm", $"{Source} -c:a libopus", 2e-3),
    ];

    private readonly MediaFolder _media = new();

    public static IEnumerable<string> Names => Clips.Select(clip => clip.Name);

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Names))]
    public void A_stretch_begins_and_ends_at_its_sample(string name)
    {
        (_, string arguments, double tolerance) = Clips.Single(clip => clip.Name == name);
        string path = _media.Make(name, arguments);
        var whole = new AudioSpec { SampleRateHz = AudioSpec.NativeRate };
        using DirectDecode all = DirectDecode.Of(path, whole);
        foreach ((double start, double duration) in new[] { (0, 0.5), (0.7321, 1.25), (13.54321, 0.75), (7.1, 2.0), (19.5, 3.0) })
        {
            using DirectDecode part = DirectDecode.Of(path, whole with { StartSeconds = start, DurationSeconds = duration });
            int rate = all.Clip.SampleRateHz;
            int from = (int)(start * rate);
            int count = Math.Min((int)(duration * rate), all.Clip.Shape[1] - from);
            Assert.That(part.Clip.Shape, Is.EqualTo(new[] { 1, count }), $"from {start} s");
            double worst = 0;
            for (int i = 0; i < count; i++)
            {
                worst = Math.Max(worst, Math.Abs(part.Samples[i] - all.Samples[from + i]));
            }

            Assert.That(worst, Is.LessThanOrEqualTo(tolerance), $"from {start} s");
        }
    }

    [Test]
    public void What_lies_before_is_jumped_over([Values("pcm.wav", "lossless.flac", "aac.m4a", "lame.mp3", "opus.ogg")] string name)
    {
        string path = _media.Make(name, Clips.Single(clip => clip.Name == name).Arguments);
        using DirectDecode all = DirectDecode.Of(path, new AudioSpec());
        using DirectDecode part = DirectDecode.Of(path, new AudioSpec { StartSeconds = 18, DurationSeconds = 0.5 });
        Assert.That(part.Frames, Is.LessThan(all.Frames / 5));
    }

    [Test]
    public void Beyond_the_end_there_is_nothing()
    {
        string path = _media.Make("pcm.wav", Source);
        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec { StartSeconds = 25 });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
        Assert.That(decode.Fault!.Message, Does.Contain("ends at 20 s"));
    }

    [Test]
    public void A_track_is_chosen_by_its_number()
    {
        string path = _media.Make("two.mka", "-f lavfi -i sine=d=1:r=8000 -f lavfi -i sine=d=2:r=16000 -map 0 -map 1 -c:a pcm_s16le");
        using DirectDecode first = DirectDecode.Of(path, new AudioSpec { Track = 0, SampleRateHz = AudioSpec.NativeRate });
        using DirectDecode second = DirectDecode.Of(path, new AudioSpec { Track = 1, SampleRateHz = AudioSpec.NativeRate });
        using DirectDecode third = DirectDecode.Of(path, new AudioSpec { Track = 2 });
        Assert.That(first.Clip.Shape, Is.EqualTo(new[] { 1, 8000 }));
        Assert.That(second.Clip.Shape, Is.EqualTo(new[] { 1, 32_000 }));
        Assert.That(third.Fault?.Kind, Is.EqualTo(FaultKind.Unsupported));
    }

    [TestCase("gapless.mp3", "")]
    [TestCase("gapless.opus", "-c:a libopus")]
    [TestCase("gapless.m4a", "")]
    public void Delay_and_padding_of_the_encoder_are_no_part_of_the_clip(string name, string codec)
    {
        string path = _media.Make(name, $"-f lavfi -i sine=d=3:r=48000 {codec}");
        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec { SampleRateHz = AudioSpec.NativeRate });
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, 144_000 }));
    }
}
