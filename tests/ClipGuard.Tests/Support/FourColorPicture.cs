namespace ClipGuard.Tests.Support;

/// <summary>A picture of 32×32 pixels with another color in each quarter, as ffmpeg's options, and what is seen of it.</summary>
internal static class FourColorPicture
{
    /// <summary>Left to right and top to bottom: red, green, blue, white. Squares of 16, so that nothing bleeds to their middles.</summary>
    public const string FourColors = "-f lavfi -i \"color=red:s=16x16[a];color=lime:s=16x16[b];color=blue:s=16x16[c];color=white:s=16x16[d];"
        + "[a][b]hstack[e];[c][d]hstack[f];[e][f]vstack,format=rgb24\" -frames:v 1";

    /// <summary>The colours at the middles of the four quarters, by their first letters.</summary>
    public static string Corners(ReadOnlySpan<byte> rgb, int side)
    {
        string corners = string.Empty;
        foreach ((int x, int y) in new[] { (side / 4, side / 4), (side * 3 / 4, side / 4), (side / 4, side * 3 / 4), (side * 3 / 4, side * 3 / 4) })
        {
            ReadOnlySpan<byte> pixel = rgb.Slice(((y * side) + x) * 3, 3);
            corners += (pixel[0] > 200, pixel[1] > 200, pixel[2] > 200) switch
            {
                (true, false, false) => 'R',
                (false, true, false) => 'G',
                (false, false, true) => 'B',
                (true, true, true) => 'W',
                _ => '?',
            };
        }

        return corners;
    }

    /// <summary>Makes the picture with a tag of its orientation, in the way of its format.</summary>
    public static string WithExif(MediaFolder media, string name, int orientation)
    {
        byte[] exif = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];
        byte[] plain = File.ReadAllBytes(media.Make(name, $"{FourColors} -q:v 1"));
        byte[] marked = Path.GetExtension(name) switch
        {
            ".jpg" => [.. plain[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 8), .. "Exif\0\0"u8, .. exif, .. plain[2..]],
            ".png" => [.. plain[..33], 0, 0, 0, (byte)exif.Length, .. "eXIf"u8, .. exif, .. Crc([.. "eXIf"u8, .. exif]), .. plain[33..]],
            ".webp" => WithWebpExif(plain, exif),
            _ => WithTiffOrientation(plain, orientation),
        };
        return media.Write($"{orientation}-{name}", marked);
    }

    // A plain file becomes an extended one: a canvas of 32×32 that says there is EXIF, the picture, the EXIF.
    private static byte[] WithWebpExif(byte[] plain, byte[] exif)
    {
        byte[] body =
        [
            .. "WEBPVP8X"u8, 10, 0, 0, 0, 0x08, 0, 0, 0, 31, 0, 0, 31, 0, 0,
            .. plain[12..],
            .. "EXIF"u8, (byte)exif.Length, 0, 0, 0, .. exif,
        ];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(body.Length), .. body];
    }

    // The folder of tags is copied to the end with one more entry, and the header pointed there.
    private static byte[] WithTiffOrientation(byte[] tiff, int orientation)
    {
        int folder = BitConverter.ToInt32(tiff, 4);
        int entries = BitConverter.ToUInt16(tiff, folder);
        var all = Enumerable.Range(0, entries).Select(i => tiff.AsSpan(folder + 2 + (i * 12), 12).ToArray())
            .Append([0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0])
            .OrderBy(entry => BitConverter.ToUInt16(entry)).ToArray();
        byte[] padded = [.. tiff, .. new byte[tiff.Length % 2]];
        BitConverter.TryWriteBytes(padded.AsSpan(4), padded.Length);
        return [.. padded, .. BitConverter.GetBytes((ushort)all.Length), .. all.SelectMany(entry => entry), 0, 0, 0, 0];
    }

    private static byte[] Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
            }
        }

        crc = ~crc;
        return [(byte)(crc >> 24), (byte)(crc >> 16), (byte)(crc >> 8), (byte)crc];
    }
}
