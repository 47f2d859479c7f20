using System.Buffers.Binary;

using ClipGuard.Media.Libav.Formats;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>The orientation that EXIF metadata gives a picture.</summary>
internal static class ExifOrientation
{
    private const int EntryBytes = 12;
    private const ushort OrientationTag = 0x0112;

    /// <summary>The turn that makes a picture of an orientation upright.</summary>
    /// <param name="orientation">1 to 8; others are upright.</param>
    public static DisplayRotation Turn(int orientation) => orientation switch
    {
        2 => new DisplayRotation(0, true),
        3 => new DisplayRotation(2, false),
        4 => new DisplayRotation(2, true),
        5 => new DisplayRotation(3, true),
        6 => new DisplayRotation(1, false),
        7 => new DisplayRotation(1, true),
        8 => new DisplayRotation(3, false),
        _ => default,
    };

    /// <summary>Reads the orientation from the TIFF structure that EXIF is; 1 where there is none.</summary>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.StartsWith("Exif\0\0"u8))
        {
            tiff = tiff[6..];
        }

        if (tiff.Length < 8 || !(tiff.StartsWith("II*\0"u8) || tiff.StartsWith("MM\0*"u8)))
        {
            return 1;
        }

        bool little = tiff[0] == 'I';
        uint start = U32(tiff[4..], little);
        if (start > tiff.Length - 2)
        {
            return 1;
        }

        ReadOnlySpan<byte> directory = tiff[(int)start..];
        int entries = U16(directory, little);
        directory = directory[2..];
        for (int i = 0; i < entries && directory.Length >= EntryBytes; i++, directory = directory[EntryBytes..])
        {
            if (U16(directory, little) == OrientationTag)
            {
                return U16(directory[8..], little);
            }
        }

        return 1;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
