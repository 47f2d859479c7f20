using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>What the frame header of a JPEG says of the picture.</summary>
/// <param name="Process">How it is coded: 0 baseline, 1 extended, 2 progressive, 3 without loss, …</param>
/// <param name="Precision">Bits of a sample.</param>
/// <param name="Width">Pixels, as stored.</param>
/// <param name="Height">Pixels, as stored.</param>
internal readonly record struct JpegHeader(int Process, int Precision, int Width, int Height)
{
    // A phone's picture has some ten segments before it: a thumbnail, colour profiles, tables.
    private const int MostSegments = 256;
    private const int LongestStart = 9;

    // The start of an image, and the first byte of another marker.
    private static ReadOnlySpan<byte> Start => [0xFF, 0xD8, 0xFF];

    /// <summary>True for what is transformed block by block with 8 bits a sample, whatever the order in which it is stored.</summary>
    public bool IsTransformed => Process is 0 or 1 or 2 && Precision == 8;

    /// <summary>True for the beginning of a JPEG: tables, a frame, an application's segment or a comment follow its first marker.</summary>
    public static bool Begins(ClipBytes bytes)
    {
        Span<byte> start = stackalloc byte[4];
        return bytes.ReadAt(0, start) == start.Length && start[..3].SequenceEqual(Start)
            && start[3] is (>= 0xC0 and <= 0xCF and not 0xC8) or 0xDB or 0xDD or (>= 0xE0 and <= 0xEF) or 0xFE;
    }

    /// <summary>Finds it. A thumbnail lies inside a segment, and is stepped over with it.</summary>
    /// <param name="bytes">The file.</param>
    /// <returns>Null where this is no JPEG, or there is none near the beginning.</returns>
    public static JpegHeader? Read(ClipBytes bytes)
    {
        Span<byte> start = stackalloc byte[LongestStart];
        if (bytes.ReadAt(0, start) < LongestStart || !start.StartsWith(Start))
        {
            return null;
        }

        long at = 2;
        for (int i = 0; i < MostSegments && bytes.ReadAt(at, start) == LongestStart && start[0] == 0xFF; i++)
        {
            int marker = start[1];
            if (marker == 0xFF)
            {
                // Any number of these may stand before a marker.
                at++;
                continue;
            }

            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return new JpegHeader(
                    marker - 0xC0, start[4], BinaryPrimitives.ReadUInt16BigEndian(start[7..]), BinaryPrimitives.ReadUInt16BigEndian(start[5..]));
            }

            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(start[2..]);
        }

        return null;
    }
}
