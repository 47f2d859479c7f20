using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Containers.Claims;

/// <summary>The size of a TIFF picture: that of its first directory, which is the one that FFmpeg's decoder takes (TIFF 6.0, sections 2 and 8).</summary>
internal static class TiffHeader
{
    private const int EntryBytes = 12;
    private const ushort ImageWidth = 256;
    private const ushort ImageLength = 257;
    private const ushort TypeShort = 3;
    private const ushort TypeLong = 4;

    /// <summary>Width and height; null where the header does not tell.</summary>
    public static (long Width, long Height)? SizeOf(ClipBytes bytes)
    {
        Span<byte> header = stackalloc byte[8];
        if (bytes.ReadAt(0, header) != header.Length)
        {
            return null;
        }

        bool bigEndian = header[0] == (byte)'M';
        long directory = UInt32(header[4..], bigEndian);
        Span<byte> count = stackalloc byte[sizeof(ushort)];
        if (UInt16(header[2..], bigEndian) != 42 || bytes.ReadAt(directory, count) != count.Length)
        {
            return null;
        }

        (long width, long height) = (0, 0);
        byte[] entries = new byte[UInt16(count, bigEndian) * EntryBytes];
        int read = bytes.ReadAt(directory + count.Length, entries);
        for (int start = 0; start + EntryBytes <= read; start += EntryBytes)
        {
            ReadOnlySpan<byte> entry = entries.AsSpan(start, EntryBytes);
            switch (UInt16(entry, bigEndian))
            {
                case ImageWidth:
                    width = Value(entry, bigEndian);
                    break;
                case ImageLength:
                    height = Value(entry, bigEndian);
                    break;
            }
        }

        return width > 0 && height > 0 ? (width, height) : null;
    }

    private static long Value(ReadOnlySpan<byte> entry, bool bigEndian) => UInt16(entry[2..], bigEndian) switch
    {
        TypeShort => UInt16(entry[8..], bigEndian),
        TypeLong => UInt32(entry[8..], bigEndian),
        _ => 0,
    };

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
