using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>
/// Where the parts of a WAV file's header lie that tell how its samples are kept:
/// RIFF, RF64, BW64, and RIFX, whose numbers have their highest byte first.
/// </summary>
/// <param name="IsBigEndian">True for RIFX.</param>
/// <param name="FormatOffset">Where the content of the format chunk lies; 0 where there is none.</param>
/// <param name="FormatBytes">Its length.</param>
/// <param name="FactOffset">Where the content of the fact chunk lies, a count of samples; 0 where there is none before the samples.</param>
/// <param name="SamplesOffset">Where the samples lie; 0 where there is no chunk of them.</param>
/// <param name="SampleBytes">
/// How long the header says they are; null where it does not tell. A recorder that could not go back left 0 or the largest length there is.
/// </param>
internal readonly record struct WavHeader(bool IsBigEndian, long FormatOffset, long FormatBytes, long FactOffset, long SamplesOffset, long? SampleBytes)
{
    public const int ChunkHeaderBytes = 8;
    public const int FileHeaderBytes = 12;

    // The first chunk of an RF64 file has the 64-bit sizes: first that of the file, then that of the samples.
    private const int LongSizeOffset = FileHeaderBytes + ChunkHeaderBytes + sizeof(long);

    // Real headers have a handful of chunks before the samples. More than this is no header, and walking it would only cost time.
    private const int MaxChunks = 256;

    /// <summary>True for the beginning of a WAV file.</summary>
    public static bool Begins(ReadOnlySpan<byte> head) => head.Length >= FileHeaderBytes && head[8..].StartsWith("WAVE"u8)
        && (head.StartsWith("RIFF"u8) || head.StartsWith("RIFX"u8) || head.StartsWith("RF64"u8) || head.StartsWith("BW64"u8));

    /// <summary>Walks the header's chunks up to the samples.</summary>
    public static WavHeader Read(ClipBytes bytes)
    {
        Span<byte> header = stackalloc byte[ChunkHeaderBytes];
        bool isBigEndian = bytes.ReadAt(0, header) == ChunkHeaderBytes && header.StartsWith("RIFX"u8);
        var found = new WavHeader(isBigEndian, 0, 0, 0, 0, null);
        long longSize = 0;
        long position = FileHeaderBytes;
        for (int i = 0; i < MaxChunks && bytes.ReadAt(position, header) == ChunkHeaderBytes; i++)
        {
            long size = isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(header[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            if (header.StartsWith("fmt "u8))
            {
                found = found with { FormatOffset = position + ChunkHeaderBytes, FormatBytes = size };
            }
            else if (header.StartsWith("fact"u8) && size >= sizeof(uint))
            {
                found = found with { FactOffset = position + ChunkHeaderBytes };
            }
            else if (header.StartsWith("data"u8))
            {
                long samples = longSize != 0 ? longSize : size;
                return found with { SamplesOffset = position + ChunkHeaderBytes, SampleBytes = samples > 0 ? samples : null };
            }
            else if (header.StartsWith("ds64"u8) && bytes.ReadAt(LongSizeOffset, header) == ChunkHeaderBytes)
            {
                longSize = BinaryPrimitives.ReadInt64LittleEndian(header);
            }

            position += ChunkHeaderBytes + size + (size & 1);
        }

        return longSize > 0 ? found with { SampleBytes = longSize } : found;
    }
}
