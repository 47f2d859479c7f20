using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>
/// FLAC whose frames have different lengths and are numbered one by one, as encoders did before 2007. libavformat multiplies a frame's number by its length:
/// times leap to and fro. Its clock is not asked; samples are counted.
/// </summary>
internal sealed class OldVariableFlac : IDistrustRule
{
    private const int Id3HeaderBytes = 10;
    private const int BlockHeaderBytes = 4;
    private const int ShortestBlockOffset = 8;
    private const int LongestBlockOffset = 10;
    private const int MaxBlocks = 128;

    /// <inheritdoc/>
    public Distrusted? Find(ReadOnlySpan<byte> head, ClipBytes bytes, AVMediaType? wanted)
    {
        long start = 0;
        if (head.StartsWith("ID3"u8) && head.Length >= Id3HeaderBytes)
        {
            // The length of a tag has seven bits in each byte.
            start = Id3HeaderBytes + ((head[6] & 0x7F) << 21) + ((head[7] & 0x7F) << 14) + ((head[8] & 0x7F) << 7) + (head[9] & 0x7F);
        }

        Span<byte> beginning = stackalloc byte[LongestBlockOffset + sizeof(ushort)];
        if (start > 0 ? bytes.ReadAt(start, beginning) < beginning.Length : !head[..Math.Min(head.Length, beginning.Length)].TryCopyTo(beginning))
        {
            return null;
        }

        if (!beginning.StartsWith("fLaC"u8)
            || BinaryPrimitives.ReadUInt16BigEndian(beginning[ShortestBlockOffset..]) == BinaryPrimitives.ReadUInt16BigEndian(beginning[LongestBlockOffset..])
            || FirstFrame(bytes, start + BlockHeaderBytes) != 0xFFF8)
        {
            return null;
        }

        return new Distrusted("The FLAC frames differ in length and are numbered one by one, so that their times are wrong; samples are counted.")
        {
            IgnoresClock = true,
        };
    }

    // The first two bytes of the first frame: 0xFFF8 numbers frames, 0xFFF9 samples.
    private static int FirstFrame(ClipBytes bytes, long at)
    {
        Span<byte> header = stackalloc byte[BlockHeaderBytes];
        for (int i = 0; i < MaxBlocks && bytes.ReadAt(at, header) == BlockHeaderBytes; i++)
        {
            bool isLast = (header[0] & 0x80) != 0;
            at += BlockHeaderBytes + (BinaryPrimitives.ReadUInt32BigEndian(header) & 0xFF_FFFF);
            if (isLast)
            {
                return bytes.ReadAt(at, header[..2]) == 2 ? BinaryPrimitives.ReadUInt16BigEndian(header) : 0;
            }
        }

        return 0;
    }
}
