using System.Buffers.Binary;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>
/// Audio whose wanted part is too much for the payload is refused by its header, before it is decoded; a part that fits is decoded; and a header that the file
/// does
/// not bear out is found to lie by decoding what is there.
/// </summary>
[CancelAfter(120_000)]
internal sealed class AudioLengthForLimitsTests
{
    private const int DayRateHz = 8000;
    private const int DayFrames = 24 * 3600 * DayRateHz / FlacBlock;
    private const int FlacBlock = 4096;
    private const string Minute = "-f lavfi -i anoisesrc=d=60:r=44100:a=0.1:seed=5";

    // A megabyte holds 16.4 s of what is asked for. Their containers tell how long they are; an ADTS file, say, does not.
    private static readonly (string Name, string Arguments)[] Told =
    [
        ("minute.wav", Minute),
        ("minute.w64", Minute),
        ("minute.aiff", Minute),
        ("minute.flac", Minute),
        ("minute.mp3", Minute),
        ("minute.m4a", Minute),
        ("alac.m4a", $"{Minute} -c:a alac"),
        ("parts.m4a", $"{Minute} -movflags +frag_keyframe+empty_moov -frag_duration 1000000"),
        ("vorbis.ogg", $"{Minute} -c:a libvorbis"),
        ("opus.ogg", $"{Minute} -c:a libopus"),
        ("opus.webm", $"{Minute} -c:a libopus"),
        ("aac.mka", $"{Minute} -c:a aac"),
    ];

    private readonly MediaFolder _media = new();

    public static IEnumerable<string> Names => Told.Select(clip => clip.Name);

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Names))]
    public void What_is_too_much_by_its_header_is_not_decoded(string name)
    {
        using DirectDecode decode = Decode(Make(name), new AudioSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded), () => $"{decode.Result} {decode.Fault}");
        Assert.That(decode.Fault!.Message,
            Does.Match(@"^The audio that is wanted lasts 5\d(\.\d+)? s, which as decoded is over the limit of 1048576 bytes\.$"));
        Assert.That(decode.Frames, Is.LessThan(20));
    }

    [TestCaseSource(nameof(Names))]
    public void A_part_that_fits_is_decoded(string name)
    {
        using DirectDecode decode = Decode(Make(name), new AudioSpec { StartSeconds = 30, DurationSeconds = 5 });
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, 5 * 16_000 }));
    }

    [TestCaseSource(nameof(Names))]
    public void The_end_is_decoded_where_it_fits_and_refused_where_it_does_not(string name)
    {
        using DirectDecode end = Decode(Make(name), new AudioSpec { StartSeconds = 50 });
        Assert.That(end.Clip.Shape[1], Is.EqualTo(10 * 16_000).Within(2000));
        using DirectDecode more = Decode(Make(name), new AudioSpec { StartSeconds = 30 });
        Assert.That(more.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
        Assert.That(more.Frames, Is.LessThan(20));
    }

    [Test]
    public void A_day_of_FLAC_is_refused_at_once_and_five_seconds_of_it_are_fine()
    {
        string day = _media.Write("day.flac", Flac(DayFrames, DayFrames));
        using DirectDecode all = new(new DecodeRequest(new FileSource(day), new AudioSpec()));
        Assert.That(all.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded), () => $"{all.Fault}");
        Assert.That(all.Frames, Is.LessThan(20));
        using DirectDecode part = new(new DecodeRequest(new FileSource(day), new AudioSpec { StartSeconds = 86_000, DurationSeconds = 5 }));
        Assert.That(part.Clip.Shape, Is.EqualTo(new[] { 1, 5 * 16_000 }));
    }

    [Test]
    public void A_FLAC_that_says_a_day_and_holds_less_is_corrupt([Values(10, 20_000)] int frames)
    {
        string lie = _media.Write($"lie{frames}.flac", Flac(DayFrames, frames));
        using DirectDecode decode = new(new DecodeRequest(new FileSource(lie), new AudioSpec()));
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), () => $"{decode.Result} {decode.Fault}");
        Assert.That(decode.Fault!.Message, Does.Contain("missing"));
        using DirectDecode part = new(new DecodeRequest(new FileSource(lie), new AudioSpec { StartSeconds = 1, DurationSeconds = 2 }));
        Assert.That(part.Clip.Shape, Is.EqualTo(new[] { 1, 2 * 16_000 }), "what is there is there");
    }

    [Test]
    public void A_WAV_that_says_more_than_it_holds_is_corrupt()
    {
        byte[] wave = File.ReadAllBytes(_media.Make("three.wav", "-f lavfi -i sine=d=3 -bitexact"));
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(40), 1_900_000_000);
        using DirectDecode decode = Decode(_media.Write("more.wav", wave), new AudioSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), () => $"{decode.Result} {decode.Fault}");
    }

    private static DirectDecode Decode(string path, AudioSpec spec) =>
        new(new DecodeRequest(new FileSource(path), spec) { Limits = new DecodeLimits { MaxPayloadBytes = 1 << 20 } });

    private string Make(string name) => _media.Make(name, Told.Single(clip => clip.Name == name).Arguments);

    // Silence, mono, 16 bits: a header that tells so many frames, and then frames of one constant each (RFC 9639).
    private static byte[] Flac(int told, int frames)
    {
        byte[] header = [.. "fLaC"u8, 0x80, 0, 0, 34, 0x10, 0, 0x10, 0, .. new byte[30]];
        ulong samples = (ulong)told * FlacBlock;
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(18), ((ulong)DayRateHz << 44) | (15UL << 36) | samples);
        var file = new MemoryStream();
        file.Write(header);
        Span<byte> number = stackalloc byte[7];
        for (int i = 0; i < frames; i++)
        {
            // 0xC4: 4,096 samples at 8 kHz; 0x08: mono of 16 bits.
            byte[] start = [0xFF, 0xF8, 0xC4, 0x08, .. number[..CodedNumber(i, number)]];
            byte[] frame = [.. start, (byte)Crc(start, 8, 0x07), 0, 0, 0];
            uint check = Crc(frame, 16, 0x8005);
            file.Write([.. frame, (byte)(check >> 8), (byte)check]);
        }

        return file.ToArray();
    }

    // As UTF-8 writes a code point.
    private static int CodedNumber(int value, Span<byte> bytes)
    {
        if (value < 0x80)
        {
            bytes[0] = (byte)value;
            return 1;
        }

        int following = value < 0x800 ? 1 : value < 0x1_0000 ? 2 : 3;
        bytes[0] = (byte)((0xFF00 >> (following + 1)) | (value >> (6 * following)));
        for (int i = 1; i <= following; i++)
        {
            bytes[i] = (byte)(0x80 | ((value >> (6 * (following - i))) & 0x3F));
        }

        return following + 1;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes, int bits, uint polynomial)
    {
        uint crc = 0;
        foreach (byte value in bytes)
        {
            crc ^= (uint)value << (bits - 8);
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & (1u << (bits - 1))) != 0 ? (crc << 1) ^ polynomial : crc << 1;
            }
        }

        return crc & ((1u << bits) - 1);
    }
}
