namespace ClipGuard.Media.Libav.Tracks;

/// <summary>
/// The blocks of a GIF picture. FFmpeg's demuxer takes a truncated file's end for the picture's end, and its decoder keeps earlier pixels where rows are
/// missing, without an error. So truncation is found here.
/// </summary>
internal static class GifTruncationCheck
{
    private const int HeaderBytes = 13;
    private const int DescriptorBytes = 10;
    private const byte Extension = 0x21;
    private const byte Picture = 0x2C;

    /// <summary>
    /// False where a packet ends within one of its blocks. The empty block that ends a picture may be missing, since the decoder notices missing pixels
    /// itself.
    /// </summary>
    /// <param name="packet">One picture with what stands before it.</param>
    public static bool AreWhole(ReadOnlySpan<byte> packet)
    {
        int at = packet.StartsWith("GIF8"u8) ? Skip(packet, 0, HeaderBytes) : 0;
        while (at < packet.Length && packet[at] is Extension or Picture)
        {
            // An extension has a label, a picture a byte that says how its pixels are coded.
            bool isPicture = packet[at] == Picture;
            at = SkipBlocks(packet, isPicture ? Skip(packet, at, DescriptorBytes) + 1 : at + 2);
            if (isPicture)
            {
                break;
            }
        }

        return at <= packet.Length + 1;
    }

    // Skips the file's header or a picture's descriptor, and the colour table behind it. The flags that give the table's length are the third byte from the
    // end of the one, and the last byte of the other.
    private static int Skip(ReadOnlySpan<byte> packet, int at, int bytes)
    {
        int flags = at + (bytes == HeaderBytes ? bytes - 3 : bytes - 1);
        return flags >= packet.Length ? packet.Length + 1 : at + bytes + ((packet[flags] & 0x80) != 0 ? 3 << ((packet[flags] & 7) + 1) : 0);
    }

    private static int SkipBlocks(ReadOnlySpan<byte> packet, int at)
    {
        while (at < packet.Length && packet[at] > 0)
        {
            at += packet[at] + 1;
        }

        return at + 1;
    }
}
