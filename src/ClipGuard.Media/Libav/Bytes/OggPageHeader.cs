using System.Buffers.Binary;

namespace ClipGuard.Media.Libav.Bytes;

/// <summary>The header of a page of an Ogg file (RFC 3533, 6).</summary>
/// <param name="At">Where the page begins.</param>
/// <param name="IsFirst">True for the page that begins a logical stream.</param>
/// <param name="IsLast">True for the page that ends one.</param>
/// <param name="Granule">How far the packets that end on it reach; in audio a count of samples. -1 where none ends on it.</param>
/// <param name="Serial">Which logical stream it belongs to.</param>
/// <param name="Packets">How many packets end on it.</param>
/// <param name="End">Where the next page begins.</param>
internal readonly record struct OggPageHeader(long At, bool IsFirst, bool IsLast, long Granule, uint Serial, int Packets, long End)
{
    /// <summary>A page is not longer than this.</summary>
    public const int MaxBytes = HeaderBytes + MaxSegments + (MaxSegments * MaxSegments);

    private const int HeaderBytes = 27;
    private const int MaxSegments = 255;
    private const int FirstFlag = 2;
    private const int LastFlag = 4;

    /// <summary>What every page begins with.</summary>
    public static ReadOnlySpan<byte> Mark => "OggS\0"u8;

    /// <summary>Reads the header of the page that begins at a place; null where none does, or the file ends within it.</summary>
    public static OggPageHeader? Read(ClipBytes bytes, long at)
    {
        Span<byte> header = stackalloc byte[HeaderBytes + MaxSegments];
        int read = bytes.ReadAt(at, header);
        if (read < HeaderBytes || !header.StartsWith(Mark) || read < HeaderBytes + header[HeaderBytes - 1])
        {
            return null;
        }

        int content = 0;
        int packets = 0;
        int segments = header[HeaderBytes - 1];
        foreach (byte segment in header.Slice(HeaderBytes, segments))
        {
            content += segment;
            packets += segment < MaxSegments ? 1 : 0;
        }

        return new OggPageHeader(
            at,
            (header[5] & FirstFlag) != 0,
            (header[5] & LastFlag) != 0,
            BinaryPrimitives.ReadInt64LittleEndian(header[6..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[14..]),
            packets,
            at + HeaderBytes + segments + content);
    }

    /// <summary>The page at a place, or where there is none the next one; null where there is no more.</summary>
    public static OggPageHeader? Next(ClipBytes bytes, long at)
    {
        byte[]? buffer = null;
        while (at < bytes.Length)
        {
            if (Read(bytes, at) is { } page)
            {
                return page;
            }

            // Bytes between pages are damage: the next mark is looked for.
            buffer ??= new byte[MaxBytes];
            int read = bytes.ReadAt(at + 1, buffer);
            int mark = read <= 0 ? -1 : buffer.AsSpan(0, read).IndexOf(Mark);
            if (mark < 0 && read < buffer.Length)
            {
                return null;
            }

            at += 1 + (mark >= 0 ? mark : read - Mark.Length);
        }

        return null;
    }

    /// <summary>The serial number of the last page in a file; null where none is found within the longest page's length from its end.</summary>
    public static uint? LastSerial(ClipBytes bytes)
    {
        // Most pages are far shorter than the longest.
        foreach (int length in (ReadOnlySpan<int>)[4 * 1024, MaxBytes])
        {
            byte[] tail = new byte[Math.Min(length, bytes.Length)];
            int read = Math.Max(0, bytes.ReadAt(bytes.Length - tail.Length, tail));
            int mark = tail.AsSpan(0, Math.Max(0, read - HeaderBytes)).LastIndexOf(Mark);
            if (mark >= 0)
            {
                return BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(mark + 14));
            }
        }

        return null;
    }
}
