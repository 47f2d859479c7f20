using ClipGuard.Media;
using ClipGuard.Media.Libav.Containers;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>
/// Healthy files at whose end FFmpeg's demuxers say an error, mark the last packet, or give one too many. Each decodes as if they did not, and what is cut off
/// is missed all the same.
/// </summary>
[CancelAfter(60_000)]
internal sealed class DemuxerEndOfFileTests
{
    private const string Moving = "-f lavfi -i testsrc2=s=64x64:r=25:d=1";
    private const string Sine = "-f lavfi -i sine=r=22050:d=1";

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase("both.gxf", "-f lavfi -i testsrc2=s=720x576:r=25:d=1 -f lavfi -i sine=r=48000:d=1 -c:v mpeg2video -c:a pcm_s16le -ac 1", 25)]
    [TestCase("film.gxf", "-f lavfi -i testsrc2=s=720x576:r=25:d=1 -c:v mjpeg -pix_fmt yuvj422p -qscale 20", 25)]
    [TestCase("film.roq", "-f lavfi -i testsrc2=s=64x64:r=30:d=1 -f roq", 30)]
    [TestCase("film.smjpeg", $"{Moving} -f smjpeg", 25)]
    [TestCase("film.flm", $"{Moving} -pix_fmt rgba", 25)]
    public void A_healthy_video_has_all_its_frames_and_no_damage(string name, string arguments, int frames)
    {
        using DirectDecode decode = DirectDecode.Of(_media.Make(name, arguments), new VideoSpec { Selection = new UniformFrames(frames) });

        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        Assert.That(decode.Clip.FrameTimesSeconds[^1], Is.EqualTo((frames - 1.0) / (frames == 30 ? 30 : 25)).Within(0.001));
    }

    [TestCase("sound.adx", Sine, 22_080)]
    [TestCase("sound.aud", $"{Sine} -c:a adpcm_ima_ws -f wsaud", 22_050)]
    [TestCase("sound.302", "-f lavfi -i sine=r=96000:d=0.5 -ac 6 -f daud", 48_000)]
    public void A_healthy_sound_has_all_its_samples_and_no_damage(string name, string arguments, int samples)
    {
        var spec = new AudioSpec { SampleRateHz = AudioSpec.NativeRate, Channels = AudioChannels.All };
        using DirectDecode decode = DirectDecode.Of(_media.Make(name, arguments), spec);

        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        Assert.That(decode.Clip.Shape[1], Is.EqualTo(samples));
    }

    [Test]
    public void A_video_that_is_cut_off_lacks_frames()
    {
        byte[] whole = File.ReadAllBytes(_media.Make("whole.gxf", "-f lavfi -i testsrc2=s=720x576:r=25:d=1 -c:v mjpeg -pix_fmt yuvj422p -qscale 20"));
        using DirectDecode decode = DirectDecode.Of(_media.Write("cut.gxf", whole.AsSpan(0, whole.Length / 2)), new VideoSpec());

        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), () => $"{decode.Result?.Damage} {decode.Log}");
    }

    [Test]
    public void An_error_is_the_end_only_at_the_end_and_of_demuxers_that_say_so()
    {
        const int NotPermitted = -1, InputOutput = -5, Invalid = -1094995529;
        Assert.Multiple(() =>
        {
            Assert.That(DemuxerEndOfFile.IsEnd("gxf", NotPermitted, isAllRead: true), Is.True);
            Assert.That(DemuxerEndOfFile.IsEnd("roq", InputOutput, isAllRead: true), Is.True);
            Assert.That(DemuxerEndOfFile.IsEnd("gxf", NotPermitted, isAllRead: false), Is.False, "lost in the middle");
            Assert.That(DemuxerEndOfFile.IsEnd("gxf", Invalid, isAllRead: true), Is.EqualTo(InstalledFFmpeg.Major >= 8), "what 8 says in place of the others");
            Assert.That(DemuxerEndOfFile.IsEnd("gxf", Invalid, isAllRead: false), Is.False);
            Assert.That(DemuxerEndOfFile.IsEnd("aac", InputOutput, isAllRead: true), Is.False, "this one says so of a frame that is cut off");
        });
    }
}
