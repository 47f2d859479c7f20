using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>A clip whose bytes cannot be read is missing: neither shorter than it is nor damaged.</summary>
[CancelAfter(120_000)]
internal sealed class AudioReadErrorTests
{
    private const string Noise = "-f lavfi -i anoisesrc=d=20:r=44100:a=0.3:seed=5";

    private static readonly (string Name, string Arguments)[] Clips =
    [
        ("noise.wav", Noise),
        ("noise.flac", Noise),
        ("noise.mp3", Noise),
        ("noise.m4a", $"{Noise} -movflags +faststart"),
        ("parts.m4a", $"{Noise} -movflags +frag_keyframe+empty_moov+default_base_moof -frag_duration 1000000"),
        ("noise.aac", Noise),
        ("noise.ts", $"{Noise} -c:a aac"),
        ("vorbis.ogg", $"{Noise} -c:a libvorbis"),
        ("opus.ogg", $"{Noise} -c:a libopus"),
        ("opus.webm", $"{Noise} -c:a libopus"),
        ("aac.mka", $"{Noise} -c:a aac"),
    ];

    private readonly MediaFolder _media = new();

    public static IEnumerable<string> Names => Clips.Select(clip => clip.Name);

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Names))]
    public void A_clip_that_fails_half_way_is_missing(string name)
    {
        using DirectDecode decode = Decode(Failing(name), new AudioSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Missing), () => $"{decode.Result} {decode.Fault} {decode.Log}");
        Assert.That(decode.Fault!.Message, Does.Contain("Reading failed at byte"));
        Assert.That(decode.Fault.Storage, Is.EqualTo(StorageError.Failed));
    }

    [TestCaseSource(nameof(Names))]
    public void What_lies_before_the_failure_is_delivered(string name)
    {
        using DirectDecode decode = Decode(Failing(name), new AudioSpec { DurationSeconds = 1 });
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, 16_000 }));
    }

    [TestCaseSource(nameof(Names))]
    public void What_lies_behind_the_failure_is_missing(string name)
    {
        using DirectDecode decode = Decode(Failing(name), new AudioSpec { StartSeconds = 15 });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Missing), () => $"{decode.Result} {decode.Fault} {decode.Log}");
    }

    [Test]
    public void A_clip_that_is_gone_after_a_failed_jump_is_missing()
    {
        using DirectDecode decode = Decode(Failing("noise.m4a") with { Opens = 1 }, new AudioSpec { StartSeconds = 15 });
        Assert.That((decode.Fault?.Kind, decode.Fault?.Message), Is.EqualTo(((FaultKind?)FaultKind.Missing, "The clip is gone.")));
    }

    [TestCase("mkv")]
    [TestCase("mp4")]
    [TestCase("ts")]
    public void A_video_that_fails_half_way_is_missing(string kind)
    {
        string path = _media.Make($"film.{kind}", "-f lavfi -i testsrc2=s=160x120:r=25:d=10 -c:v libx264 -pix_fmt yuv420p -g 25 -movflags +faststart");
        using DirectDecode decode = Decode(HalfOf(path), new VideoSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Missing), () => $"{decode.Result} {decode.Fault} {decode.Log}");
    }

    private static DirectDecode Decode(FailingClipSource source, ClipSpec spec) =>
        new(new DecodeRequest(source, spec) { Limits = new DecodeLimits { MaxPayloadBytes = 1 << 24 } });

    private static FailingClipSource HalfOf(string path)
    {
        byte[] whole = File.ReadAllBytes(path);
        return new FailingClipSource(whole, whole.Length / 2);
    }

    private FailingClipSource Failing(string name) => HalfOf(_media.Make(name, Clips.Single(clip => clip.Name == name).Arguments));
}
