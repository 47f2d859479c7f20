using ClipGuard.Media;
using ClipGuard.Media.Libav.Containers.Claims;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>
/// Where only the first packet of a video tells its size, that packet is read and not decoded: the decoder of H.264 takes memory for a whole picture before it
/// looks at the limit, and libavformat gives it none for streams that it meets while it reads.
/// </summary>
[CancelAfter(60_000)]
internal sealed class FirstPacketPictureSizeTests
{
    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase("sound-first.flv", true)]
    [TestCase("bare.h264", true)]
    [TestCase("h264.flv", true)]
    [TestCase("sorenson.flv", false)]
    public void A_size_over_the_limit_is_refused_before_a_decoder_is_opened(string name, bool isH264)
    {
        byte[] clip = name switch
        {
            "bare.h264" => [0, 0, 0, 1, .. ParameterSet(), 0, 0, 0, 1, 0x68, 0xCE, 0x38, 0x80, 0, 0, 0, 1, 0x65, 0x88, 0x84, 0, 1, 2, 3],
            "sorenson.flv" => Flv([], VideoTag([0x12, .. Sorenson()])),
            "h264.flv" => Flv([], Film()),
            _ => Flv(Tag(8, [0x3E, .. new byte[32]]), Film()),
        };

        using DirectDecode decode = DirectDecode.Of(_media.Write(name, clip), new VideoSpec());

        Assert.That(
            (decode.Fault?.Kind, decode.Fault?.Stage),
            Is.EqualTo(((FaultKind?)FaultKind.LimitExceeded, (DecodeStage?)DecodeStage.Open)),
            () => $"{decode.Fault?.Message} {decode.Log}");
        Assert.That(decode.Fault!.Message, Is.EqualTo($"A picture of 16000×{(isH264 ? 16_000 : 8_000)} is over the limit of 100000000 pixels."));
        Assert.That(decode.Log, Is.Empty, "no decoder was asked");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void The_sound_beside_such_a_picture_is_whole(bool isH264)
    {
        const int HeaderBytes = 13, Flags = 4;
        byte[] sound = File.ReadAllBytes(_media.Make("sound.flv", "-f lavfi -i sine=r=22050:d=1 -c:a adpcm_swf"));
        byte[] both = [.. sound.AsSpan(0, HeaderBytes), .. isH264 ? Film() : VideoTag([0x12, .. Sorenson()]), .. sound.AsSpan(HeaderBytes)];
        both[Flags] = 5;
        var spec = new AudioSpec { SampleRateHz = AudioSpec.NativeRate };

        using DirectDecode alone = DirectDecode.Of(_media.PathOf("sound.flv"), spec);
        using DirectDecode decode = DirectDecode.Of(_media.Write("both.flv", both), spec);

        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        Assert.That(decode.Samples.ToArray(), Is.EqualTo(alone.Samples.ToArray()));
    }

    [TestCase(new byte[] { 0x90, (byte)'h', (byte)'v', (byte)'c', (byte)'1' })]
    [TestCase(new byte[] { 0x1C, 0, 0, 0, 0 })]
    public void H265_in_FLV_is_judged_whether_FFmpeg_knows_it_there_or_not(byte[] begin)
    {
        // The parameter set comes behind another kind of unit.
        byte[] set = LargeH265();
        byte[] record = [1, .. new byte[21], 2, 0x20, 0, 1, 0, 2, 0x40, 1, 0x21, 0, 1, 0, (byte)set.Length, .. set];
        byte[] sound = Tag(8, [0x3E, .. new byte[32]]);
        using DirectDecode large = DirectDecode.Of(_media.Write("h265.flv", Flv(sound, VideoTag([.. begin, .. record]))), new VideoSpec());
        Assert.That((large.Fault?.Kind, large.Fault?.Stage), Is.EqualTo(((FaultKind?)FaultKind.LimitExceeded, (DecodeStage?)DecodeStage.Open)));
        Assert.That(large.Fault!.Message, Is.EqualTo("A picture of 16000×12000 is over the limit of 100000000 pixels."));
        Assert.That(large.Log, Is.Empty, "no decoder was asked");

        // A packet that is not the record tells nothing, nor does a record that breaks off.
        byte[] later = [.. begin];
        later[begin[0] == 0x90 ? 0 : 1] |= 1;
        using DirectDecode none = DirectDecode.Of(_media.Write("later.flv", Flv(sound, VideoTag([.. later, .. record]))), new VideoSpec());
        Assert.That(none.Fault?.Kind, Is.Not.EqualTo(FaultKind.LimitExceeded));
        for (int length = 0; length < record.Length; length++)
        {
            Assert.That(SequenceParameterSet.OfH265(record.AsSpan(0, length)), Is.Null, $"{length} bytes");
        }
    }

    [Test]
    public void The_record_of_an_MP4_tells_the_size_of_H265()
    {
        byte[] mp4 = File.ReadAllBytes(_media.Make("h265.mp4", "-f lavfi -i testsrc2=s=98x50 -frames:v 1 -c:v libx265 -x265-params log-level=none"));
        int at = mp4.AsSpan().IndexOf("hvcC"u8);
        Assert.That(SequenceParameterSet.OfH265(mp4.AsSpan(at + 4)), Is.EqualTo((98L, 50L)));
    }

    // Cropped on both sides; with scaling matrices; as fields; of each kind of chroma; with more bits.
    [TestCase("libx264 -pix_fmt yuv420p -profile:v baseline")]
    [TestCase("libx264 -pix_fmt yuv420p -x264-params cqm=jvt")]
    [TestCase("libx264 -pix_fmt yuv420p -x264-params interlaced=1", 52)]
    [TestCase("libx264 -pix_fmt yuv422p")]
    [TestCase("libx264 -pix_fmt yuv444p -x264-params cqm=jvt")]
    [TestCase("libx264 -pix_fmt gray")]
    [TestCase("libx265 -pix_fmt yuv420p -x265-params log-level=none")]
    [TestCase("libx265 -pix_fmt yuv422p10 -x265-params log-level=none")]
    [TestCase("libx265 -pix_fmt yuv444p -x265-params log-level=none:temporal-layers=3")]
    public void The_size_is_that_of_the_picture(string codec, int height = 50)
    {
        bool isH264 = codec.StartsWith("libx264", StringComparison.Ordinal);
        string name = $"{TestContext.CurrentContext.Test.ID}.{(isH264 ? "h264" : "hevc")}";
        byte[] stream = File.ReadAllBytes(_media.Make(name, $"-f lavfi -i testsrc2=s=98x{height} -frames:v 1 -c:v {codec}"));

        Assert.That(isH264 ? SequenceParameterSet.OfH264(stream) : SequenceParameterSet.OfH265(stream), Is.EqualTo((98L, (long)height)));
    }

    [Test]
    public void A_parameter_set_that_breaks_off_tells_nothing()
    {
        byte[] whole = [0, 0, 1, .. ParameterSet()];
        Assert.That(SequenceParameterSet.OfH264(whole), Is.EqualTo((16_000L, 16_000L)));
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.That(SequenceParameterSet.OfH264(whole.AsSpan(0, length)), Is.Null, $"{length} bytes");
        }
    }

    // Baseline profile, 1000×1000 macroblocks: the numbers in the order of 7.3.2.1.1.
    private static byte[] ParameterSet()
    {
        var bits = new List<bool>();
        Fixed(bits, 66, 8);
        Fixed(bits, 0, 8);
        Fixed(bits, 62, 8);
        foreach (uint number in (uint[])[0, 0, 0, 0, 1])
        {
            Exp(bits, number);
        }

        Fixed(bits, 0, 1);
        Exp(bits, 999);
        Exp(bits, 999);
        foreach (uint flag in (uint[])[1, 1, 0, 0])
        {
            Fixed(bits, flag, 1);
        }

        Fixed(bits, 1, 1);
        return [0x67, .. Bytes(bits)];
    }

    // H.265, 7.3.2.2.1: one layer, profile and level of zeros, 4:2:0, 16,000×12,000, nothing cropped. The zeros would need escapes, which nobody looks for.
    private static byte[] LargeH265()
    {
        var bits = new List<bool>();
        Fixed(bits, 1, 8);
        for (int i = 0; i < 12; i++)
        {
            Fixed(bits, 0x11, 8);
        }

        foreach (uint number in (uint[])[0, 1, 16_000, 12_000])
        {
            Exp(bits, number);
        }

        Fixed(bits, 0, 1);
        Fixed(bits, 1, 1);
        return [0x42, 1, .. Bytes(bits)];
    }

    private static void Fixed(List<bool> bits, uint number, int count)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            bits.Add(((number >> i) & 1) == 1);
        }
    }

    private static void Exp(List<bool> bits, uint number) => Fixed(bits, number + 1, (2 * System.Numerics.BitOperations.Log2(number + 1)) + 1);

    private static IEnumerable<byte> Bytes(List<bool> bits) => bits.Chunk(8).Select(eight => (byte)eight.Select((bit, i) => bit ? 0x80 >> i : 0).Sum());

    private static byte[] Film() =>
        [.. VideoTag([0x17, 0, 0, 0, 0, .. Record()]), .. VideoTag([0x17, 1, 0, 0, 0, 0, 0, 0, 4, 0x65, 0x88, 0x84, 0])];

    private static byte[] Record()
    {
        byte[] set = ParameterSet();
        return [1, 66, 0, 62, 0xFF, 0xE1, 0, (byte)set.Length, .. set, 1, 0, 4, 0x68, 0xCE, 0x38, 0x80];
    }

    // Start code (17 bits), version (5), temporal reference (8), size in two numbers of 16 bits (3 bits that say so): 16,000×8,000.
    private static byte[] Sorenson()
    {
        const ulong StartCode = 1UL << 47, SixteenBits = 1UL << 31, Width = 16_000UL << 15, HalfHeight = 4_000;
        return [.. BitConverter.GetBytes(StartCode | SixteenBits | Width | HalfHeight).Reverse(), 0, 0, 0, 0];
    }

    // A file of less than 110 bytes is not recognised.
    private static byte[] Flv(byte[] before, byte[] tags) =>
        [.. "FLV"u8, 1, (byte)(before.Length > 0 ? 5 : 1), 0, 0, 0, 9, 0, 0, 0, 0, .. before, .. tags, .. Tag(18, new byte[100])];

    private static byte[] VideoTag(byte[] body) => Tag(9, body);

    private static byte[] Tag(byte kind, byte[] body)
    {
        int all = body.Length + 11;
        return [kind, 0, (byte)(body.Length >> 8), (byte)body.Length, 0, 0, 0, 0, 0, 0, 0, .. body, 0, 0, (byte)(all >> 8), (byte)all];
    }
}
