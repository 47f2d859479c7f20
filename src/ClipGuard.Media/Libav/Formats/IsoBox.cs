using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>
/// A box, of which MP4, QuickTime and HEIF files are made: a length, a name, and a content, which may be boxes again (ISO/IEC 14496-12, 4.2).
/// </summary>
/// <param name="Name">Its four letters as a number, the first in the highest byte.</param>
/// <param name="Start">Where its content begins in the file.</param>
/// <param name="End">Where its content ends.</param>
internal readonly record struct IsoBox(uint Name, long Start, long End)
{
    private const int HeaderBytes = 8;
    private const int LongHeaderBytes = 16;

    // Files have a handful of boxes side by side, long ones some thousands of fragments; a chain without end is none of them.
    private const int MaxBoxes = 100_000;

    /// <summary>A name as a number.</summary>
    /// <param name="letters">Four letters.</param>
    public static uint Named(ReadOnlySpan<byte> letters) => BinaryPrimitives.ReadUInt32BigEndian(letters);

    /// <summary>The boxes that lie side by side in a part of a file, as far as they fit into it.</summary>
    public static IEnumerable<IsoBox> In(ClipBytes bytes, long start, long end)
    {
        for (int i = 0; i < MaxBoxes && Read(bytes, start, end) is { } box; i++, start = box.End)
        {
            yield return box;
        }
    }

    /// <summary>The first box of a name that lies in a part of a file; null where there is none.</summary>
    public static IsoBox? Find(ClipBytes bytes, long start, long end, ReadOnlySpan<byte> letters)
    {
        uint name = Named(letters);
        foreach (IsoBox box in In(bytes, start, end))
        {
            if (box.Name == name)
            {
                return box;
            }
        }

        return null;
    }

    /// <summary>The first box of a name in this one; null where there is none.</summary>
    public IsoBox? Find(ClipBytes bytes, ReadOnlySpan<byte> letters) => Find(bytes, Start, End, letters);

    /// <summary>The content, or as much of it as <paramref name="most"/> bytes.</summary>
    public byte[] Content(ClipBytes bytes, int most)
    {
        byte[] content = new byte[(int)Math.Min(End - Start, most)];
        int read = Math.Max(0, bytes.ReadAt(Start, content));
        return read == content.Length ? content : content[..read];
    }

    private static IsoBox? Read(ClipBytes bytes, long start, long end)
    {
        Span<byte> header = stackalloc byte[LongHeaderBytes];
        int read = bytes.ReadAt(start, header);
        if (read < HeaderBytes || end - start < HeaderBytes)
        {
            return null;
        }

        // A length of 1 stands behind the name, in 64 bits; one of 0 is all that is left.
        long length = BinaryPrimitives.ReadUInt32BigEndian(header);
        bool isLong = length == 1 && read == LongHeaderBytes;
        length = isLong ? BinaryPrimitives.ReadInt64BigEndian(header[HeaderBytes..]) : length == 0 ? end - start : length;
        int headerBytes = isLong ? LongHeaderBytes : HeaderBytes;
        return length < headerBytes || length > end - start ? null
            : new IsoBox(BinaryPrimitives.ReadUInt32BigEndian(header[4..]), start + headerBytes, start + length);
    }
}
