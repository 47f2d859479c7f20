using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>What the header of a WAV file says of the length of its samples.</summary>
internal static class WavHeader
{
    private const int ChunkHeaderBytes = 8;
    private const int FileHeaderBytes = 12;

    // The 64-bit sizes of an RF64 stand in its first chunk, that of the samples behind that of the file.
    private const int LongSizeOffset = FileHeaderBytes + ChunkHeaderBytes + sizeof(long);

    // Headers have a handful of chunks before the samples; a chain of thousands is no header.
    private const int MaxChunks = 256;

    /// <summary>Bytes of samples; null where the header does not tell. A recorder that could not go back left 0 or the largest length there is.</summary>
    public static long? SampleBytes(ClipBytes bytes)
    {
        Span<byte> header = stackalloc byte[ChunkHeaderBytes];
        long position = FileHeaderBytes;
        for (int i = 0; i < MaxChunks && bytes.ReadAt(position, header) == ChunkHeaderBytes; i++)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            if (header.StartsWith("ds64"u8) && bytes.ReadAt(LongSizeOffset, header) == ChunkHeaderBytes)
            {
                return Told(BinaryPrimitives.ReadInt64LittleEndian(header));
            }

            if (header.StartsWith("data"u8))
            {
                return Told(size);
            }

            position += ChunkHeaderBytes + size + (size & 1);
        }

        return null;
    }

    private static long? Told(long size) => size > 0 ? size : null;
}
