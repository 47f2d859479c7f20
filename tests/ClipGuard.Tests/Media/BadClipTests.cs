using System.Buffers.Binary;
using System.Text;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

[CancelAfter(60_000)]
internal sealed class BadClipTests
{
    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void An_empty_file_is_corrupt() =>
        Expect(FaultKind.Corrupt, _media.Write("empty.mp4", []), new VideoSpec());

    [Test]
    public void A_missing_file_is_missing() =>
        Expect(FaultKind.Missing, _media.PathOf("nothing.wav"), new AudioSpec());

    [Test]
    public void A_folder_is_missing() =>
        Expect(FaultKind.Missing, Path.GetDirectoryName(_media.PathOf("x"))!, new AudioSpec());

    [Test]
    public void A_device_is_never_opened() =>
        Expect(FaultKind.Missing, "/dev/zero", new AudioSpec());

    [Test]
    public void An_mp4_cut_off_before_its_index_is_corrupt()
    {
        byte[] whole = File.ReadAllBytes(_media.Make("whole.mp4", "-f lavfi -i testsrc2=s=64x64:d=2 -c:v libx264 -pix_fmt yuv420p"));
        Expect(FaultKind.Corrupt, _media.Write("cut.mp4", whole.AsSpan(0, whole.Length / 2)), new VideoSpec());
    }

    [Test]
    public void An_mp4_with_its_index_first_that_is_cut_off_is_corrupt()
    {
        byte[] whole = File.ReadAllBytes(_media.Make("fast.mp4", "-f lavfi -i testsrc2=s=64x64:d=2 -c:v libx264 -pix_fmt yuv420p -movflags +faststart"));
        Expect(FaultKind.Corrupt, _media.Write("fastcut.mp4", whole.AsSpan(0, whole.Length / 2)), new VideoSpec());
    }

    [Test]
    public void Noise_called_mp4_is_corrupt([Range(1, 10)] int seed)
    {
        byte[] noise = new byte[20_000];
        new Random(seed).NextBytes(noise);
        Expect(FaultKind.Corrupt, _media.Write($"noise{seed}.mp4", noise), new VideoSpec());
    }

    [Test]
    public void An_mp3_with_its_middle_overwritten_is_corrupt([Range(1, 10)] int seed)
    {
        byte[] bytes = File.ReadAllBytes(_media.Make("tone.mp3", "-f lavfi -i sine=d=5"));
        new Random(seed).NextBytes(bytes.AsSpan(bytes.Length / 3, bytes.Length / 3));
        Expect(FaultKind.Corrupt, _media.Write($"overwritten{seed}.mp3", bytes), new AudioSpec());
    }

    [Test]
    public void Sound_given_as_a_video_is_unsupported() =>
        Expect(FaultKind.Unsupported, _media.Make("sound.mp3", "-f lavfi -i sine=d=1"), new VideoSpec());

    [Test]
    public void Sound_with_a_cover_is_no_video()
    {
        string cover = _media.Make("cover.png", "-f lavfi -i color=c=red:s=32x32 -frames:v 1");
        string path = _media.Make("covered.mp3", $"-f lavfi -i sine=d=1 -i \"{cover}\" -map 0 -map 1 -c:v copy -disposition:v attached_pic");
        Expect(FaultKind.Unsupported, path, new VideoSpec());
    }

    [TestCase("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nother.ts\n", "hls")]
    [TestCase("ffconcat version 1.0\nfile other.mp4\n", "concat")]
    [TestCase("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n", "sdp")]
    public void Text_that_leads_elsewhere_is_refused_by_its_format(string text, string format)
    {
        string message = Expect(FaultKind.Unsupported, _media.Write($"{format}.mp4", Encoding.ASCII.GetBytes(text)), new VideoSpec());
        Assert.That(message, Does.Contain(format));
    }

    [Test]
    public void A_png_that_claims_a_huge_size_is_over_the_limit([Values(60_000, 16_000, 30_000)] int side)
    {
        byte[] header =
        [
            0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, .. "IDAT"u8,
            .. new byte[20],
        ];
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(16), side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(20), side);
        string message = Expect(FaultKind.LimitExceeded, _media.Write($"huge{side}.png", header), new ImageSpec());
        Assert.That(message, Does.Contain($"{side}×{side}"));
    }

    [Test]
    public void Audio_longer_than_the_payload_is_over_the_limit()
    {
        string path = _media.Make("long.wav", "-f lavfi -i sine=d=2");
        using DirectDecode decode = new(new DecodeRequest(new FileSource(path), new AudioSpec()) { Limits = new DecodeLimits { MaxPayloadBytes = 4096 } });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
    }

    [Test]
    public void A_chip_tune_that_loops_for_ever_ends_politely_as_timed_out()
    {
        using DirectDecode decode = new(new DecodeRequest(new FileSource(_media.Write("loop.vgm", LoopingTune())), new AudioSpec()), TimeSpan.FromSeconds(2));
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.TimedOut), () => $"{decode.Fault} {decode.Log}");
        Assert.That(decode.Packets, Is.Positive);
    }

    [Test]
    public void The_log_names_what_was_wrong_without_addresses()
    {
        byte[] whole = File.ReadAllBytes(_media.Make("whole.mp4", "-f lavfi -i testsrc2=s=64x64:d=2 -c:v libx264 -pix_fmt yuv420p"));
        using DirectDecode decode = DirectDecode.Of(_media.Write("cut2.mp4", whole.AsSpan(0, whole.Length / 2)), new VideoSpec());
        Assert.That(decode.Log, Does.Contain("moov atom not found"));
        Assert.That(decode.Log, Does.Not.Contain("0x"));
    }

    // A VGM file of one square wave whose loop point is its own start.
    private static byte[] LoopingTune()
    {
        byte[] tune = new byte[119];
        "Vgm "u8.CopyTo(tune);
        BinaryPrimitives.WriteInt32LittleEndian(tune.AsSpan(0x04), tune.Length - 4);
        BinaryPrimitives.WriteInt32LittleEndian(tune.AsSpan(0x08), 0x150);
        BinaryPrimitives.WriteInt32LittleEndian(tune.AsSpan(0x0C), 3_579_545);
        BinaryPrimitives.WriteInt32LittleEndian(tune.AsSpan(0x18), 44_100);
        BinaryPrimitives.WriteInt32LittleEndian(tune.AsSpan(0x1C), 0x40 - 0x1C);
        BinaryPrimitives.WriteInt32LittleEndian(tune.AsSpan(0x20), 44_100);
        BinaryPrimitives.WriteInt32LittleEndian(tune.AsSpan(0x34), 0x40 - 0x34);
        byte[] commands = [0x50, 0x8E, 0x50, 0x0F, 0x50, 0x90, 0x61, 0x44, 0xAC, 0x66];
        commands.CopyTo(tune, 0x40);
        return tune;
    }

    private static string Expect(FaultKind kind, string path, ClipSpec spec)
    {
        using DirectDecode decode = DirectDecode.Of(path, spec);
        Assert.That(decode.Fault?.Kind, Is.EqualTo(kind), $"{decode.Fault} {decode.Log}");
        return decode.Fault!.Message;
    }
}
