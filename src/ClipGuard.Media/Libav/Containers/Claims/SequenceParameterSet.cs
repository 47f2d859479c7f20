using System.Buffers.Binary;

namespace ClipGuard.Media.Libav.Containers.Claims;

/// <summary>The size of the pictures that a sequence parameter set of H.264 or H.265 claims (ITU-T H.264, 7.3.2.1.1; H.265, 7.3.2.2.1).</summary>
internal static class SequenceParameterSet
{
    // Profiles with more than 4:2:0 of 8 bits say which of it they have.
    private static readonly uint[] HighProfiles = [44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244];

    /// <summary>Width and height in pixels, without what is cropped; null where there is no whole parameter set.</summary>
    /// <param name="bytes">NAL units behind start codes, or the record of an MP4 or FLV (avcC).</param>
    public static (long Width, long Height)? OfH264(ReadOnlySpan<byte> bytes)
    {
        const int Type = 7, TypeBits = 0x1F;
        ReadOnlySpan<byte> unit = InRecord(bytes);
        unit = unit.IsEmpty ? Find(bytes, header => (header & TypeBits) == Type) : unit;
        return unit.IsEmpty ? null : ReadH264(new HeaderBits(WithoutEscapes(unit[1..])));
    }

    /// <summary>The same of H.265.</summary>
    /// <param name="bytes">NAL units behind start codes, or the record of an MP4 or FLV (hvcC).</param>
    public static (long Width, long Height)? OfH265(ReadOnlySpan<byte> bytes)
    {
        const int Type = 33, TypeBits = 0x3F, HeaderBytes = 2;
        ReadOnlySpan<byte> unit = InH265Record(bytes, Type);
        unit = unit.IsEmpty ? Find(bytes, header => ((header >> 1) & TypeBits) == Type) : unit;
        return unit.Length <= HeaderBytes ? null : ReadH265(new HeaderBits(WithoutEscapes(unit[HeaderBytes..])));
    }

    private static (long Width, long Height)? ReadH264(HeaderBits bits)
    {
        uint profile = bits.Read(8);
        bits.Skip(16);
        bits.ReadExp();
        uint chroma = 1;
        if (HighProfiles.Contains(profile))
        {
            chroma = bits.ReadExp();
            bits.Skip(chroma == 3 ? 1 : 0);
            bits.ReadExp();
            bits.ReadExp();
            bits.Skip(1);
            SkipScalingLists(ref bits, chroma == 3 ? 12 : 8);
        }

        bits.ReadExp();
        SkipPictureOrder(ref bits);
        bits.ReadExp();
        bits.Skip(1);
        long width = 16L * (bits.ReadExp() + 1);
        long units = bits.ReadExp() + 1L;
        long fields = 2 - bits.Read(1);
        bits.Skip(fields == 2 ? 2 : 1);
        return Cropped(ref bits, width, 16 * fields * units, chroma is 1 or 2 ? 2 : 1, (chroma == 1 ? 2 : 1) * fields);
    }

    private static (long Width, long Height)? ReadH265(HeaderBits bits)
    {
        const int ProfileBits = 88, LevelBits = 8, Layers = 8;
        bits.Skip(4);
        int layers = (int)bits.Read(3);
        bits.Skip(1 + ProfileBits + LevelBits);
        int skipped = 0;
        for (int i = 0; i < layers; i++)
        {
            skipped += (bits.Read(1) == 1 ? ProfileBits : 0) + (bits.Read(1) == 1 ? LevelBits : 0);
        }

        bits.Skip(skipped + (layers > 0 ? 2 * (Layers - layers) : 0));
        bits.ReadExp();
        uint chroma = bits.ReadExp();
        bits.Skip(chroma == 3 ? 1 : 0);
        return Cropped(ref bits, bits.ReadExp(), bits.ReadExp(), chroma is 1 or 2 ? 2 : 1, chroma == 1 ? 2 : 1);
    }

    private static (long Width, long Height)? Cropped(ref HeaderBits bits, long width, long height, long unitWidth, long unitHeight)
    {
        if (bits.Read(1) == 1)
        {
            width -= unitWidth * ((long)bits.ReadExp() + bits.ReadExp());
            height -= unitHeight * ((long)bits.ReadExp() + bits.ReadExp());
        }

        return bits.IsOver || width <= 0 || height <= 0 ? null : (width, height);
    }

    private static void SkipScalingLists(ref HeaderBits bits, int count)
    {
        if (bits.Read(1) == 0)
        {
            return;
        }

        for (int list = 0; list < count; list++)
        {
            int last = 8;
            int length = bits.Read(1) == 0 ? 0 : list < 6 ? 16 : 64;
            for (int i = 0; i < length && last != 0; i++)
            {
                // A scale of 0 ends a list: the rest repeats the one before.
                last = (last + bits.ReadSignedExp()) & 0xFF;
            }
        }
    }

    private static void SkipPictureOrder(ref HeaderBits bits)
    {
        uint type = bits.ReadExp();
        if (type == 0)
        {
            bits.ReadExp();
        }
        else if (type == 1)
        {
            bits.Skip(1);
            bits.ReadExp();
            bits.ReadExp();
            for (uint i = Math.Min(bits.ReadExp(), byte.MaxValue); i > 0; i--)
            {
                bits.ReadExp();
            }
        }
    }

    // The first parameter set of an avcC: version 1, five bytes on how many there are, and each with its length before it (ISO/IEC 14496-15, 5.3.3.1).
    private static ReadOnlySpan<byte> InRecord(ReadOnlySpan<byte> bytes)
    {
        const int Count = 5, Length = 6, First = 8;
        return bytes.Length > First && bytes[0] == 1 && (bytes[Count] & 0x1F) > 0
            ? bytes[First..Math.Min(bytes.Length, First + BinaryPrimitives.ReadUInt16BigEndian(bytes[Length..]))]
            : [];
    }

    // The first unit of a type in an hvcC: version 1, 22 bytes, and how many arrays there are; each has a type, how many units, and each unit with its length
    // before it (ISO/IEC 14496-15, 8.3.3.1).
    private static ReadOnlySpan<byte> InH265Record(ReadOnlySpan<byte> bytes, int type)
    {
        const int Arrays = 22, ArrayHeaderBytes = 3, TypeBits = 0x3F;
        if (bytes.Length <= Arrays || bytes[0] != 1)
        {
            return [];
        }

        int arrays = bytes[Arrays];
        bytes = bytes[(Arrays + 1)..];
        for (int array = 0; array < arrays && bytes.Length > ArrayHeaderBytes; array++)
        {
            bool isWanted = (bytes[0] & TypeBits) == type;
            int units = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
            bytes = bytes[ArrayHeaderBytes..];
            for (int unit = 0; unit < units && bytes.Length > sizeof(ushort); unit++)
            {
                int length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
                bytes = bytes[sizeof(ushort)..];
                if (isWanted)
                {
                    return bytes[..Math.Min(length, bytes.Length)];
                }

                bytes = bytes[Math.Min(length, bytes.Length)..];
            }
        }

        return [];
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> bytes, Func<byte, bool> isWanted)
    {
        ReadOnlySpan<byte> startCode = [0, 0, 1];
        for (int at; (at = bytes.IndexOf(startCode)) >= 0;)
        {
            bytes = bytes[(at + startCode.Length)..];
            if (!bytes.IsEmpty && isWanted(bytes[0]))
            {
                int end = bytes.IndexOf(startCode);
                return end < 0 ? bytes : bytes[..end];
            }
        }

        return [];
    }

    // A 3 behind two zeros stands there so that no start code does.
    private static byte[] WithoutEscapes(ReadOnlySpan<byte> unit)
    {
        const int Enough = 512;
        List<byte> bytes = new(Enough);
        int zeros = 0;
        foreach (byte value in unit[..Math.Min(unit.Length, Enough)])
        {
            if (zeros < 2 || value != 3)
            {
                bytes.Add(value);
            }

            zeros = value == 0 ? zeros + 1 : 0;
        }

        return [.. bytes];
    }
}
