using System.Buffers.Binary;
using System.Text;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>A picture over the limit is refused by its header, before the file is read and before a decoder takes memory for it.</summary>
[CancelAfter(60_000)]
internal sealed class PictureClaimTests
{
    // What recognising a format may read of a file, and a demuxer of its header: nothing near the length of these files.
    private const long FileBytes = 64 << 20;
    private const long HeaderBytes = 1 << 21;

    private static readonly (string Name, Func<int, int, byte[]> Header)[] Headers =
    [
        ("new.bmp", Bmp),
        ("from-the-top.bmp", (width, height) => Bmp(width, -height)),
        ("old.bmp", OldBmp),
        ("big.dpx", (width, height) => Dpx(width, height, bigEndian: true)),
        ("little.dpx", (width, height) => Dpx(width, height, bigEndian: false)),
        ("window.exr", Exr),
        ("raster.sun", (width, height) => Big(0x59A66A95, width, height, 24, 0, 1, 0, 0)),
        ("window.xwd", Xwd),
        ("little.tif", (width, height) => Tiff(width, height, bigEndian: false)),
        ("big.tif", (width, height) => Tiff(width, height, bigEndian: true)),
        ("bits.pbm", (width, height) => Encoding.ASCII.GetBytes($"P4\n# of a test\n{width} {height}\n")),
        ("gray.pgm", (width, height) => Encoding.ASCII.GetBytes($"P5 {width} {height} 255\n")),
        ("colour.ppm", (width, height) => Encoding.ASCII.GetBytes($"P6\n{width}\n# between\n{height}\n255\n")),
        ("named.pam", (width, height) => Encoding.ASCII.GetBytes($"P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n")),
        ("float.pfm", (width, height) => Encoding.ASCII.GetBytes($"PF\n{width} {height}\n-1.0\n")),
        ("named-only.tga", (width, height) => [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 24, 0]),
        ("plain.png", Png),
        ("fast.qoi", (width, height) => [.. "qoif"u8, .. Big(width, height), 3, 0, 0, 0, 0, 0]),
        ("layers.psd", (width, height) =>
            [.. "8BPS"u8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, .. Big(height, width), 0, 8, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ("iris.sgi", Sgi),
        ("surface.dds", Dds),
    ];

    public static IEnumerable<string> Names => Headers.Select(header => header.Name);

    [TestCaseSource(nameof(Names))]
    public void A_header_over_the_limit_is_refused_without_reading_the_file(string name)
    {
        CountingSource source = File(name, 16_000, 16_000);
        using DirectDecode decode = Decode(source, new ImageSpec());

        Assert.That((decode.Fault?.Kind, decode.Fault?.Message),
            Is.EqualTo(((FaultKind?)FaultKind.LimitExceeded, "A picture of 16000×16000 is over the limit of 100000000 pixels.")), () => decode.Log);
        Assert.That(source.Read, Is.LessThan(HeaderBytes));
        Assert.That(decode.Packets, Is.Zero);
    }

    [TestCaseSource(nameof(Names))]
    public void A_video_and_a_look_are_refused_too_and_a_sound_is_not_there(string name)
    {
        using DirectDecode look = Decode(File(name, 16_000, 16_000), new InspectSpec());
        Assert.That(look.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
        using DirectDecode video = Decode(File(name, 16_000, 16_000), new VideoSpec());
        Assert.That(video.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
        using DirectDecode sound = Decode(File(name, 16_000, 16_000) with { Length = 100_000 }, new AudioSpec());
        Assert.That(sound.Fault?.Kind, Is.Not.EqualTo(FaultKind.LimitExceeded), "no picture was asked for");
    }

    [TestCaseSource(nameof(Names))]
    public void Wide_and_tall_are_told_apart_and_the_limit_itself_is_allowed(string name)
    {
        using DirectDecode over = Decode(File(name, 2049, 1000) with { Length = 100_000 }, new ImageSpec(), pixels: 2_048_000);
        Assert.That(over.Fault?.Message, Does.Contain("2049×1000"));
        using DirectDecode at = Decode(File(name, 2048, 1000) with { Length = 100_000 }, new ImageSpec(), pixels: 2_048_000);
        Assert.That(at.Fault?.Kind, Is.Not.EqualTo(FaultKind.LimitExceeded), () => at.Fault!.Message);
    }

    // Nothing of the canvas of a lossless WebP, or of what a JPEG's frame header says, is known to the container: libavformat would decode them to learn it.
    [TestCase("lossless.webp")]
    [TestCase("plain.png")]
    public void Probing_a_bomb_is_refused_by_the_decoder_that_probes(string name)
    {
        byte[] bomb = name == "plain.png" ? [.. Png(16_000, 16_000), .. PngEnd()] : LosslessWebp(16_000, 16_000);
        using DirectDecode decode = Decode(new CountingSource("clip", bomb, bomb.Length), new ImageSpec());
        Assert.That((decode.Fault?.Kind, decode.Fault?.Message),
            Is.EqualTo(((FaultKind?)FaultKind.LimitExceeded, "A picture of 16000×16000 is over the limit of 100000000 pixels.")), () => decode.Log);
        Assert.That(decode.Fault!.Stage, Is.AnyOf(DecodeStage.Open, DecodeStage.Probe));
    }

    private static CountingSource File(string name, int width, int height) =>
        new(name, Headers.Single(header => header.Name == name).Header(width, height), FileBytes);

    private static DirectDecode Decode(CountingSource source, ClipSpec spec, long pixels = 100_000_000) =>
        new(new DecodeRequest(source, spec) { Limits = new DecodeLimits { MaxPayloadBytes = 1 << 24, MaxFramePixels = pixels } });

    private static byte[] Big(params int[] numbers) => Numbers(numbers.Select(number => (uint)number), BinaryPrimitives.WriteUInt32BigEndian);

    private static byte[] Little(params int[] numbers) => Numbers(numbers.Select(number => (uint)number), BinaryPrimitives.WriteUInt32LittleEndian);

    private static byte[] Numbers(IEnumerable<uint> numbers, Action<Span<byte>, uint> write) => [.. numbers.SelectMany(number =>
    {
        byte[] bytes = new byte[sizeof(uint)];
        write(bytes, number);
        return bytes;
    })];

    private static byte[] Bmp(int width, int height) =>
        [.. "BM"u8, .. Little((int)FileBytes, 0, 54, 40, width, height), 1, 0, 24, 0, .. Little(0, 0, 2835, 2835, 0, 0)];

    private static byte[] OldBmp(int width, int height) =>
        [.. "BM"u8, .. Little((int)FileBytes, 0, 26, 12), (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 1, 0, 24, 0];

    private static byte[] Dpx(int width, int height, bool bigEndian)
    {
        byte[] header = new byte[2048];
        (bigEndian ? "SDPX"u8 : "XPDS"u8).CopyTo(header);
        (bigEndian ? Big(2048) : Little(2048)).CopyTo(header, 4);
        "V1.0"u8.CopyTo(header.AsSpan(8));
        (bigEndian ? Big(width, height) : Little(width, height)).CopyTo(header, 772);
        return header;
    }

    private static byte[] Exr(int width, int height) =>
    [
        0x76, 0x2F, 0x31, 0x01, 2, 0, 0, 0,
        .. "channels\0chlist\0"u8, .. Little(19), .. "R\0"u8, .. Little(2, 0, 1, 1), 0,
        .. "compression\0compression\0"u8, .. Little(1), 0,
        .. "dataWindow\0box2i\0"u8, .. Little(16, 0, 0, width - 1, height - 1),
        .. "displayWindow\0box2i\0"u8, .. Little(16, 0, 0, width - 1, height - 1),
        .. "lineOrder\0lineOrder\0"u8, .. Little(1), 0, 0,
    ];

    private static byte[] Xwd(int width, int height) =>
        [.. Big(107, 7, 2, 24, width, height, 0, 0, 32, 0, 32, 32, width * 4, 4, 0xFF0000, 0xFF00, 0xFF, 8, 0, 0, width, height, 0, 0, 0), .. "window\0"u8];

    private static byte[] Tiff(int width, int height, bool bigEndian)
    {
        byte[] header = new byte[8 + 2 + (12 * 3) + 4];
        (bigEndian ? (ReadOnlySpan<byte>)[(byte)'M', (byte)'M', 0, 42] : [(byte)'I', (byte)'I', 42, 0]).CopyTo(header);
        (bigEndian ? Big(8) : Little(8)).CopyTo(header, 4);
        header[bigEndian ? 9 : 8] = 3;
        (int Tag, int Type, int Value)[] entries = [(256, 4, width), (257, 4, height), (258, 4, 8)];
        for (int i = 0; i < entries.Length; i++)
        {
            int at = 10 + (12 * i);
            (int tag, int type, int value) = entries[i];
            Span<byte> entry = header.AsSpan(at, 12);
            (bigEndian ? Big((tag << 16) | type, 1, value) : Little((type << 16) | tag, 1, value)).CopyTo(entry);
        }

        return header;
    }

    private static byte[] Png(int width, int height)
    {
        byte[] chunk = [.. "IHDR"u8, .. Big(width, height), 8, 2, 0, 0, 0];
        return [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. Big(13), .. chunk, .. Big((int)Crc(chunk))];
    }

    private static byte[] PngEnd()
    {
        byte[] data = [.. "IDAT"u8, 0x78, 0x9C, 3, 0, 0, 0, 0, 1];
        return [.. Big(8), .. data, .. Big((int)Crc(data)), .. Big(0), .. "IEND"u8, .. Big((int)Crc("IEND"u8))];
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }

    private static byte[] Sgi(int width, int height)
    {
        byte[] header = new byte[512];
        ((ReadOnlySpan<byte>)[1, 0xDA, 0, 1, 0, 3, (byte)(width >> 8), (byte)width, (byte)(height >> 8), (byte)height, 0, 3]).CopyTo(header);
        return header;
    }

    private static byte[] Dds(int width, int height) =>
        [.. "DDS "u8, .. Little(124, 0x1007, height, width, 0, 0, 0), .. new byte[44],
            .. Little(32, 0x41, 0, 32, 0xFF0000, 0xFF00, 0xFF, unchecked((int)0xFF000000)), .. Little(0x1000, 0, 0, 0, 0)];

    private static byte[] LosslessWebp(int width, int height)
    {
        uint size = (uint)(width - 1) | ((uint)(height - 1) << 14);
        byte[] picture = [0x2F, (byte)size, (byte)(size >> 8), (byte)(size >> 16), (byte)(size >> 24), .. new byte[11]];
        return [.. "RIFF"u8, .. Little(4 + 8 + picture.Length), .. "WEBPVP8L"u8, .. Little(picture.Length), .. picture];
    }
}
