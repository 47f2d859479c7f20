using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>What the header of a WAV file says of the length of its samples.</summary>
internal static class WavHeader
{
    private const int ChunkHeaderBytes = 8;
    private const int FileHeaderBytes = 12;

    // The first chunk of an RF64 file has the 64-bit sizes: first that of the file, then that of the samples.
    private const int LongSizeOffset = FileHeaderBytes + ChunkHeaderBytes + sizeof(long);

    // Real headers have a handful of chunks before the samples. More than this is no header, and walking it would only cost time.
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
