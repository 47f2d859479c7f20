using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Containers.Claims;

/// <summary>
/// The size of an OpenEXR picture: its display window, which is the picture that FFmpeg's decoder makes. The header is a row of attributes, each a name, the
/// name of its type, a length and that many bytes (openexr.com, "OpenEXR file layout").
/// </summary>
internal static class ExrHeader
{
    private const int Magic = 8;
    private const int BoxBytes = 16;

    // Names have at most 255 bytes; headers have some twenty attributes.
    private const int NameRoom = 256;
    private const int MaxAttributes = 1024;

    /// <summary>Width and height; null where the header does not tell.</summary>
    public static (long Width, long Height)? SizeOf(ClipBytes bytes)
    {
        Span<byte> room = stackalloc byte[(2 * NameRoom) + sizeof(int)];
        long position = Magic;
        for (int i = 0; i < MaxAttributes; i++)
        {
            Span<byte> attribute = room[..Math.Max(0, bytes.ReadAt(position, room))];
            int name = attribute.IndexOf((byte)0);
            int type = name <= 0 ? -1 : attribute[(name + 1)..].IndexOf((byte)0);
            int value = name + 1 + type + 1 + sizeof(int);
            if (type <= 0 || value > attribute.Length)
            {
                return null;
            }

            int length = BinaryPrimitives.ReadInt32LittleEndian(attribute[(value - sizeof(int))..]);
            if (length < 0)
            {
                return null;
            }

            position += value;
            if (attribute.StartsWith("displayWindow\0"u8) && length == BoxBytes)
            {
                return OfBox(bytes, position);
            }

            position += length;
        }

        return null;
    }

    // The box names its first and its last column and row.
    private static (long Width, long Height)? OfBox(ClipBytes bytes, long position)
    {
        Span<byte> box = stackalloc byte[BoxBytes];
        return bytes.ReadAt(position, box) != BoxBytes ? null : (Extent(box, 0), Extent(box, sizeof(int)));
    }

    private static long Extent(ReadOnlySpan<byte> box, int axis) =>
        (long)BinaryPrimitives.ReadInt32LittleEndian(box[(axis + (BoxBytes / 2))..]) - BinaryPrimitives.ReadInt32LittleEndian(box[axis..]) + 1;
}
