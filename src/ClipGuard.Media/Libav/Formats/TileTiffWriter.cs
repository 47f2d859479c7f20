using System.Buffers.Binary;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>Writes a tile as a TIFF file of its own, in one strip for each plane.</summary>
internal static class TileTiffWriter
{
    private const int HeaderBytes = 8;
    private const int EntryBytes = 12;
    private const ushort Long = 4;

    // What says how pixels are coded. What says how the whole picture is shown is left out: it is no tile's.
    private static readonly ushort[] Copied =
    [
        TiffTag.BitsPerSample, TiffTag.Compression, TiffTag.Photometric, TiffTag.FillOrder, TiffTag.SamplesPerPixel, TiffTag.PlanarConfiguration,
        TiffTag.Group3Options, TiffTag.Group4Options, TiffTag.Predictor, TiffTag.ColorMap, TiffTag.ExtraSamples, TiffTag.SampleFormat,
        TiffTag.YcbcrCoefficients, TiffTag.YcbcrSubsampling, TiffTag.YcbcrPositioning, TiffTag.ReferenceBlackWhite,
    ];

    /// <summary>Writes it.</summary>
    /// <param name="directory">The fields of the picture that it is a tile of.</param>
    /// <param name="width">The tile's width.</param>
    /// <param name="height">The tile's height.</param>
    /// <param name="planes">Its encoded pixels, each plane's by itself where they are apart.</param>
    public static byte[] Write(TiffDirectory directory, int width, int height, byte[][] planes)
    {
        bool little = directory.IsLittleEndian;
        long[] offsets = new long[planes.Length];
        long end = HeaderBytes;
        for (int i = 0; i < planes.Length; i++)
        {
            (offsets[i], end) = (end, end + planes[i].Length + (planes[i].Length & 1));
        }

        SortedDictionary<ushort, (ushort Type, uint Count, byte[] Value)> fields = [];
        foreach (ushort tag in Copied)
        {
            if (directory.Field(tag) is { } field)
            {
                fields[tag] = field;
            }
        }

        fields[TiffTag.Width] = Numbers(little, width);
        fields[TiffTag.Height] = Numbers(little, height);
        fields[TiffTag.RowsPerStrip] = Numbers(little, height);
        fields[TiffTag.StripOffsets] = Numbers(little, offsets);
        fields[TiffTag.StripBytes] = Numbers(little, [.. planes.Select(plane => (long)plane.Length)]);

        long values = end + sizeof(ushort) + (fields.Count * EntryBytes) + sizeof(uint);
        byte[] file = new byte[values + fields.Values.Sum(field => field.Value.Length > sizeof(uint) ? field.Value.Length + (field.Value.Length & 1) : 0)];
        (little ? "II*\0"u8 : "MM\0*"u8).CopyTo(file);
        Put(file.AsSpan(sizeof(uint)), little, (uint)end, sizeof(uint));
        for (int i = 0; i < planes.Length; i++)
        {
            planes[i].CopyTo(file, offsets[i]);
        }

        Put(file.AsSpan((int)end), little, (uint)fields.Count, sizeof(ushort));
        Span<byte> entry = file.AsSpan((int)end + sizeof(ushort));
        foreach ((ushort tag, (ushort type, uint count, byte[] value)) in fields)
        {
            Put(entry, little, tag, sizeof(ushort));
            Put(entry[2..], little, type, sizeof(ushort));
            Put(entry[4..], little, count, sizeof(uint));
            if (value.Length <= sizeof(uint))
            {
                value.CopyTo(entry[8..]);
            }
            else
            {
                Put(entry[8..], little, (uint)values, sizeof(uint));
                value.CopyTo(file, values);
                values += value.Length + (value.Length & 1);
            }

            entry = entry[EntryBytes..];
        }

        return file;
    }

    private static (ushort Type, uint Count, byte[] Value) Numbers(bool little, params long[] numbers)
    {
        byte[] value = new byte[numbers.Length * sizeof(uint)];
        for (int i = 0; i < numbers.Length; i++)
        {
            Put(value.AsSpan(i * sizeof(uint)), little, (uint)numbers[i], sizeof(uint));
        }

        return (Long, (uint)numbers.Length, value);
    }

    private static void Put(Span<byte> target, bool little, uint number, int bytes)
    {
        switch (bytes, little)
        {
            case (sizeof(ushort), true):
                BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)number);
                break;
            case (sizeof(ushort), false):
                BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)number);
                break;
            case (_, true):
                BinaryPrimitives.WriteUInt32LittleEndian(target, number);
                break;
            default:
                BinaryPrimitives.WriteUInt32BigEndian(target, number);
                break;
        }
    }
}
