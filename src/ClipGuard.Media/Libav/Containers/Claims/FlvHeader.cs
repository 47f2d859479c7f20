using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Containers.Claims;

/// <summary>
/// The size that the first video tag of an FLV claims, where that tag carries the record of H.264 or H.265: in the first form of the format (codec id 7), in
/// the form that many encoders gave H.265 there (codec id 12), and in enhanced FLV (FourCC). Read without FFmpeg, which knows each from another version on.
/// </summary>
internal static class FlvHeader
{
    private const int MostTags = 100;
    private const int TagHeaderBytes = 11;
    private const int MostRecordBytes = 1024;

    private const int VideoTag = 9;
    private const int TypeBits = 0x1F;
    private const int Enhanced = 0x80;
    private const int LowBits = 0x0F;

    // Of a tag's body: kind of frame and codec, then the kind of packet and three bytes of time, or a FourCC.
    private const int RecordOffset = 5;

    /// <summary>Width and height in pixels; null where the first video tag is none of these, or there is none near the beginning.</summary>
    public static (long Width, long Height)? SizeOf(ClipBytes bytes)
    {
        Span<byte> header = stackalloc byte[9];
        if (bytes.ReadAt(0, header) != header.Length || !header.StartsWith("FLV"u8))
        {
            return null;
        }

        // Each tag stands behind the length of the one before it.
        long at = BinaryPrimitives.ReadUInt32BigEndian(header[5..]) + sizeof(uint);
        Span<byte> tag = stackalloc byte[TagHeaderBytes];
        for (int i = 0; i < MostTags && bytes.ReadAt(at, tag) == tag.Length; i++)
        {
            int length = (int)(BinaryPrimitives.ReadUInt32BigEndian(tag) & 0xFF_FFFF);
            at += TagHeaderBytes;
            if ((tag[0] & TypeBits) == VideoTag && length > RecordOffset)
            {
                byte[] body = new byte[Math.Min(length, MostRecordBytes)];
                return OfVideo(body.AsSpan(0, Math.Max(0, bytes.ReadAt(at, body))));
            }

            at += length + sizeof(uint);
        }

        return null;
    }

    private static (long Width, long Height)? OfVideo(ReadOnlySpan<byte> body)
    {
        const int Avc = 7, Hevc = 12;
        if (body.Length <= RecordOffset)
        {
            return null;
        }

        ReadOnlySpan<byte> record = body[RecordOffset..];
        bool isEnhanced = (body[0] & Enhanced) != 0;

        int codec = !isEnhanced ? body[0] & LowBits
            : body[1..].StartsWith("avc1"u8) ? Avc
            : body[1..].StartsWith("hvc1"u8) ? Hevc
            : 0;

        // Both forms call the packet with the record number 0.
        bool isRecord = (isEnhanced ? body[0] & LowBits : body[1]) == 0;
        return (isRecord, codec) switch
        {
            (true, Avc) => SequenceParameterSet.OfH264(record),
            (true, Hevc) => SequenceParameterSet.OfH265(record),
            _ => null,
        };
    }
}
