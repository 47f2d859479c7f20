using System.Buffers.Binary;
using System.IO.Compression;

namespace ClipGuard.Export;

/// <summary>Writes PNG files of 8 bits a channel, gray or RGB.</summary>
internal static class PngWriter
{
    private const byte Gray = 0;
    private const byte Rgb = 2;
    private const byte Up = 2;

    private static readonly uint[] CrcTable = MakeCrcTable();

    public static void Write(Stream file, Pixels picture)
    {
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), picture.Height);
        header[8] = 8;
        header[9] = picture.Channels == 1 ? Gray : Rgb;
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(picture));
        WriteChunk(file, "IEND"u8, []);
    }

    // Each row is written as its difference from the row above (filter "Up"), which about halves the size of photographs and frames of films.
    private static ReadOnlySpan<byte> Compress(Pixels picture)
    {
        int rowBytes = picture.Width * picture.Channels;
        byte[] filtered = new byte[1 + rowBytes];
        filtered[0] = Up;
        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int row = 0; row < picture.Height; row++)
            {
                ReadOnlySpan<byte> current = picture.Bytes.AsSpan(row * rowBytes, rowBytes);
                if (row == 0)
                {
                    current.CopyTo(filtered.AsSpan(1));
                }
                else
                {
                    ReadOnlySpan<byte> above = picture.Bytes.AsSpan((row - 1) * rowBytes, rowBytes);
                    for (int i = 0; i < rowBytes; i++)
                    {
                        filtered[1 + i] = (byte)(current[i] - above[i]);
                    }
                }

                zlib.Write(filtered);
            }
        }

        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), content));
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
