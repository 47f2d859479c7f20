using System.Buffers.Binary;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>
/// How long a frame of compressed audio is by its own header: of the codecs whose frames begin with a sync word and tell their length, so that one leads to
/// the next (MPEG audio, AAC in ADTS and LOAS, AC-3 and E-AC-3).
/// </summary>
internal static class AudioFrameByteLength
{
    /// <summary>The most bytes that are looked at.</summary>
    public const int HeaderBytes = 6;

    private static ReadOnlySpan<short> Mpeg1Layer1 => [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];

    private static ReadOnlySpan<short> Mpeg1Layer2 => [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];

    private static ReadOnlySpan<short> Mpeg1Layer3 => [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];

    private static ReadOnlySpan<short> Mpeg2Layer1 => [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];

    private static ReadOnlySpan<short> Mpeg2OtherLayers => [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

    private static ReadOnlySpan<short> Ac3 => [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];

    /// <summary>The frame's length in bytes; 0 where these bytes are no frame's header.</summary>
    /// <param name="header">At least <see cref="HeaderBytes"/> bytes.</param>
    public static int Of(ReadOnlySpan<byte> header) => header[0] switch
    {
        0xFF when (header[1] & 0xF6) == 0xF0 => Adts(header),
        0xFF when (header[1] & 0xE0) == 0xE0 => Mpeg(header),
        0x56 when (header[1] & 0xE0) == 0xE0 => (((header[1] & 0x1F) << 8) | header[2]) + 3,
        0x0B when header[1] == 0x77 => DolbyDigital(header),
        0x77 when header[1] == 0x0B => DolbyDigital([header[1], header[0], header[3], header[2], header[5], header[4]]),
        _ => 0,
    };

    private static int Adts(ReadOnlySpan<byte> header)
    {
        const int LeastBytes = 7;
        int length = ((header[3] & 3) << 11) | (header[4] << 3) | (header[5] >> 5);
        return length < LeastBytes ? 0 : length;
    }

    // ISO 11172-3, 2.4.1.3, and ISO 13818-3. A free bit rate tells no length.
    private static int Mpeg(ReadOnlySpan<byte> header)
    {
        int version = (header[1] >> 3) & 3;
        int layer = 4 - ((header[1] >> 1) & 3);
        int rate = header[2] >> 4;
        int frequency = (header[2] >> 2) & 3;
        if (version == 1 || layer == 4 || rate is 0 or 15 || frequency == 3)
        {
            return 0;
        }

        bool isFirst = version == 3;
        int hertz = (frequency switch { 0 => 44_100, 1 => 48_000, _ => 32_000 }) >> (version switch { 3 => 0, 2 => 1, _ => 2 });
        ReadOnlySpan<short> rates = layer switch
        {
            1 => isFirst ? Mpeg1Layer1 : Mpeg2Layer1,
            2 => isFirst ? Mpeg1Layer2 : Mpeg2OtherLayers,
            _ => isFirst ? Mpeg1Layer3 : Mpeg2OtherLayers,
        };
        int bitsPerSecond = rates[rate - 1] * 1000;
        int padding = (header[2] >> 1) & 1;
        return layer switch
        {
            1 => ((12 * bitsPerSecond / hertz) + padding) * 4,
            3 when !isFirst => (72 * bitsPerSecond / hertz) + padding,
            _ => (144 * bitsPerSecond / hertz) + padding,
        };
    }

    // ATSC A/52, 5.4.1 and E.1.3.1: from identification 11 on it is E-AC-3.
    private static int DolbyDigital(ReadOnlySpan<byte> header)
    {
        int identification = header[5] >> 3;
        if (identification > 10)
        {
            return identification > 16 ? 0 : ((BinaryPrimitives.ReadUInt16BigEndian(header[2..]) & 0x7FF) + 1) * 2;
        }

        int code = header[4] & 0x3F;
        if (code / 2 >= Ac3.Length)
        {
            return 0;
        }

        int rate = Ac3[code / 2];
        return (header[4] >> 6) switch
        {
            0 => rate * 4,
            1 => ((320 * rate / 147) + (code & 1)) * 2,
            2 => rate * 6,
            _ => 0,
        };
    }
}
