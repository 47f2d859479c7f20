using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Damage is told where it touches what is wanted, and counted where it is tolerated.</summary>
[CancelAfter(120_000)]
internal sealed class DamageTests
{
    private const string Moving = "-f lavfi -i testsrc2=s=320x240:r=25:d=4";
    private const string X264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 25";

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void A_clip_with_a_damaged_wanted_frame_is_corrupt_and_says_where([Values("mp4", "mkv", "ts")] string kind)
    {
        using DirectDecode decode = DirectDecode.Of(HitInTheMiddle(kind), new VideoSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), decode.Log);
        Assert.That(decode.Fault!.Message, Does.Match("of 16 wanted frames are damaged or missing, the first at (1\\.[89]|2)"));
    }

    [Test]
    public void Frames_before_the_damage_are_whole([Values("mp4", "mkv", "ts")] string kind)
    {
        using DirectDecode decode = DirectDecode.Of(HitInTheMiddle(kind), new VideoSpec { Selection = new IndexFrames([0, 10, 20]) });
        Assert.That(decode.Clip.Damage.DamagedWantedFrameCount, Is.Zero);
    }

    [Test]
    public void Frames_after_the_next_key_frame_are_whole()
    {
        using DirectDecode decode = DirectDecode.Of(HitInTheMiddle("mp4"), new VideoSpec { Selection = new IndexFrames([80, 99]) });
        Assert.That(decode.Clip.Damage.DamagedWantedFrameCount, Is.Zero);
    }

    [Test]
    public void Tolerated_damage_is_counted()
    {
        using DirectDecode decode = new(
            new DecodeRequest(new FileSource(HitInTheMiddle("mp4")), new VideoSpec())
            {
                Limits = new DecodeLimits { MaxDamagedFrames = 16, MaxPayloadBytes = 1 << 24 },
            });
        Assert.That(decode.Clip.Damage.DamagedWantedFrameCount, Is.InRange(1, 15));
        Assert.That(decode.Clip.Damage.FirstAt?.TotalSeconds, Is.InRange(1.8, 2.2));
    }

    [Test]
    public void A_video_that_was_cut_off_is_corrupt([Values("mkv", "webm", "avi", "flv")] string kind)
    {
        string codec = kind == "webm" ? "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25" : X264;
        byte[] whole = File.ReadAllBytes(_media.Make($"whole.{kind}", $"{Moving} {codec}"));
        using DirectDecode decode = DirectDecode.Of(_media.Write($"cut.{kind}", whole.AsSpan(0, whole.Length / 2)), new VideoSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), $"{decode.Fault} {decode.Log}");
    }

    [Test]
    public void Audio_that_was_cut_off_is_corrupt([Values("wav", "flac", "mp3", "m4a", "mka")] string kind)
    {
        string options = kind == "m4a" ? "-movflags +faststart" : string.Empty;
        byte[] whole = File.ReadAllBytes(_media.Make($"sound.{kind}", $"-f lavfi -i anoisesrc=d=4:a=0.3 {options}"));
        using DirectDecode decode = DirectDecode.Of(_media.Write($"cutsound.{kind}", whole.AsSpan(0, whole.Length / 2)), new AudioSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), $"{decode.Fault} {decode.Log}");
    }

    [TestCase(0, 0.95)]
    [TestCase(20, 0.95)]
    [TestCase(0, 0.5)]
    public void A_long_mp4_that_was_cut_off_is_corrupt(double start, double share)
    {
        byte[] whole = File.ReadAllBytes(_media.Make("minute.m4a", "-f lavfi -i sine=d=60 -movflags +faststart"));
        string path = _media.Write("cutminute.m4a", whole.AsSpan(0, (int)(whole.Length * share)));
        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec { StartSeconds = start });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), $"{decode.Result} {decode.Log}");
        Assert.That(DirectDecode.Of(path, new AudioSpec { StartSeconds = start, DurationSeconds = 5 }).Clip.Shape, Is.EqualTo(new[] { 1, 80_000 }));
    }

    [Test]
    public void A_gap_in_a_recording_is_no_damage()
    {
        string path = _media.Make("gap.m4a", "-f lavfi -i sine=d=30:r=16000 -af aselect='not(between(t\\,1\\,20))'");
        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec());
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None), decode.Log);
        Assert.That(decode.Clip.Shape[1], Is.InRange(10 * 16_000, 12 * 16_000));
    }

    [Test]
    public void A_cut_off_recording_still_gives_the_time_range_that_is_there()
    {
        byte[] whole = File.ReadAllBytes(_media.Make("long.wav", "-f lavfi -i anoisesrc=d=4"));
        string path = _media.Write("cutlong.wav", whole.AsSpan(0, whole.Length / 2));
        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec { DurationSeconds = 1 });
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, 16_000 }));
    }

    [Test]
    public void A_wav_of_unknown_length_ends_where_it_ends()
    {
        byte[] bytes = File.ReadAllBytes(_media.Make("stream.wav", "-f lavfi -i sine=d=1:r=16000"));
        int data = bytes.AsSpan().IndexOf("data"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(4), uint.MaxValue);
        BitConverter.TryWriteBytes(bytes.AsSpan(data + 4), uint.MaxValue);
        using DirectDecode decode = DirectDecode.Of(_media.Write("stream2.wav", bytes), new AudioSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, 16_000 }));
    }

    [Test]
    public void A_flac_frame_whose_checksum_is_wrong_is_damage()
    {
        byte[] bytes = File.ReadAllBytes(_media.Make("sums.flac", "-f lavfi -i anoisesrc=d=4:a=0.3 -af asetnsamples=4608:p=0"));
        bytes[bytes.Length / 2] ^= 0x55;
        using DirectDecode decode = DirectDecode.Of(_media.Write("sums2.flac", bytes), new AudioSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), $"{decode.Result?.Damage} {decode.Log}");
    }

    [Test]
    public void Fewer_frames_than_wanted_are_given_more_than_once_and_counted()
    {
        string path = _media.Make("short.mp4", "-f lavfi -i testsrc2=s=64x64:r=25:d=0.2 -c:v libx264 -pix_fmt yuv420p");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec());
        Assert.That(decode.Clip.Shape[0], Is.EqualTo(16));
        Assert.That(decode.Clip.Damage.RepeatedFrameCount, Is.EqualTo(11));
    }

    [Test]
    public void A_png_that_was_cut_off_is_corrupt()
    {
        byte[] whole = File.ReadAllBytes(_media.Make("whole.png", "-f lavfi -i testsrc2=s=320x240 -frames:v 1"));
        using DirectDecode decode = DirectDecode.Of(_media.Write("cut.png", whole.AsSpan(0, whole.Length / 2)), new ImageSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), decode.Log);
    }

    [Test]
    public void A_jpeg_that_was_cut_off_is_corrupt()
    {
        byte[] whole = File.ReadAllBytes(_media.Make("whole.jpg", "-f lavfi -i testsrc2=s=320x240 -frames:v 1"));
        using DirectDecode decode = DirectDecode.Of(_media.Write("cut.jpg", whole.AsSpan(0, whole.Length / 2)), new ImageSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), decode.Log);
    }

    private string HitInTheMiddle(string kind)
    {
        byte[] bytes = File.ReadAllBytes(_media.Make($"film.{kind}", $"{Moving} {X264}"));
        new Random(1).NextBytes(bytes.AsSpan(bytes.Length / 2, 60));
        return _media.Write($"hit.{kind}", bytes);
    }
}
