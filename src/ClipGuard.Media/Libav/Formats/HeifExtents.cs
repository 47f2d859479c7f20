using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>Where the bytes of a picture of an AVIF or HEIC file lie, in pieces that follow one another.</summary>
/// <param name="All">Each piece's first byte in the file, and its length. Empty where that cannot be told.</param>
internal readonly record struct HeifExtents(IReadOnlyList<(long Start, long Length)> All)
{
    /// <summary>No bytes.</summary>
    public static HeifExtents None { get; } = new([]);

    /// <summary>Reads them one behind the other; nothing where there are more than <paramref name="most"/>, or some are not in the file.</summary>
    public byte[] Read(ClipBytes bytes, long most)
    {
        // A sum of lengths that are cut cannot overflow: a box tells fewer of them than it has bytes.
        long length = All.Sum(extent => Math.Clamp(extent.Length, 0, most + 1));
        if (length == 0 || length > most || All.Any(extent => extent.Start < 0 || extent.Length < 0 || extent.Length > bytes.Length - extent.Start))
        {
            return [];
        }

        byte[] content = new byte[length];
        int at = 0;
        foreach ((long start, long part) in All)
        {
            if (bytes.ReadAt(start, content.AsSpan(at, (int)part)) != part)
            {
                return [];
            }

            at += (int)part;
        }

        return content;
    }
}
