using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>
/// Audio in MP4 whose edit list begins with nothing, so that it is heard later than the picture. libavformat counts that time into the edit's length and takes
/// it from the end: the last packet's duration is short by it.
/// Of audio the first sample is number 0 whenever it is heard, so FFmpeg is given the list without the empty edits.
/// </summary>
internal sealed class EmptyEdits : IDistrustRule
{
    private const int BoxHeaderBytes = 8;
    private const int LongBoxHeaderBytes = 16;
    private const int ListHeaderBytes = 8;
    private const int ShortEditBytes = 12;
    private const int LongEditBytes = 20;

    // Boxes beside each other: a video has a handful, and fragments come behind them.
    private const int MaxBoxes = 64;

    // Edit lists are short; one with more is left to FFmpeg.
    private const int MaxEdits = 256;

    /// <inheritdoc/>
    public Distrusted? Find(ReadOnlySpan<byte> head, ClipBytes bytes, AVMediaType? wanted)
    {
        if (wanted != AVMediaType.AVMEDIA_TYPE_AUDIO || head.Length < BoxHeaderBytes || !BeginsMp4(head[4..]))
        {
            return null;
        }

        var patches = new List<(long At, byte[] Bytes)>();
        foreach ((long at, long end) in Inside(bytes, 0, bytes.Length, "moov"u8))
        {
            foreach ((long trackAt, long trackEnd) in Inside(bytes, at, end, "trak"u8))
            {
                foreach ((long editsAt, long editsEnd) in Inside(bytes, trackAt, trackEnd, "edts"u8))
                {
                    foreach ((long listAt, long listEnd) in Inside(bytes, editsAt, editsEnd, "elst"u8))
                    {
                        WithoutEmptyEdits(bytes, listAt, listEnd, patches);
                    }
                }
            }
        }

        return patches.Count == 0 ? null : new Distrusted("The audio begins later than the clip; its samples are counted from its own beginning.")
        {
            Instead = new PatchedBytes(bytes, [.. patches]),
        };
    }

    private static bool BeginsMp4(ReadOnlySpan<byte> type) =>
        type.StartsWith("ftyp"u8) || type.StartsWith("moov"u8) || type.StartsWith("mdat"u8) || type.StartsWith("wide"u8)
        || type.StartsWith("free"u8) || type.StartsWith("skip"u8) || type.StartsWith("pnot"u8);

    // The contents of the boxes of a type within a range of the clip's bytes.
    private static List<(long At, long End)> Inside(ClipBytes bytes, long at, long end, ReadOnlySpan<byte> type)
    {
        var found = new List<(long, long)>();
        Span<byte> header = stackalloc byte[LongBoxHeaderBytes];
        for (int i = 0; i < MaxBoxes && at + BoxHeaderBytes <= end; i++)
        {
            int read = bytes.ReadAt(at, header);
            if (read < BoxHeaderBytes)
            {
                break;
            }

            long size = BinaryPrimitives.ReadUInt32BigEndian(header);
            int headerBytes = BoxHeaderBytes;
            if (size == 1 && read == LongBoxHeaderBytes)
            {
                size = BinaryPrimitives.ReadInt64BigEndian(header[BoxHeaderBytes..]);
                headerBytes = LongBoxHeaderBytes;
            }
            else if (size == 0)
            {
                size = end - at;
            }

            // A box that is longer than what holds it, or shorter than its own header, says that no more can be told.
            if (size < headerBytes || size > end - at)
            {
                break;
            }

            if (header[4..].StartsWith(type))
            {
                found.Add((at + headerBytes, at + size));
            }

            at += size;
        }

        return found;
    }

    // The list becomes shorter, and an empty box takes the room that is left, so that nothing else moves.
    private static void WithoutEmptyEdits(ClipBytes bytes, long at, long end, List<(long At, byte[] Bytes)> patches)
    {
        Span<byte> header = stackalloc byte[ListHeaderBytes];
        if (end - at < ListHeaderBytes || bytes.ReadAt(at, header) < ListHeaderBytes)
        {
            return;
        }

        int editBytes = header[0] == 1 ? LongEditBytes : ShortEditBytes;
        uint count = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        if (count is < 2 or > MaxEdits || end - at != ListHeaderBytes + ((long)count * editBytes))
        {
            return;
        }

        byte[] edits = new byte[count * editBytes];
        if (bytes.ReadAt(at + ListHeaderBytes, edits) < edits.Length)
        {
            return;
        }

        int empty = 0;
        while (empty < count - 1 && IsEmpty(edits.AsSpan(empty * editBytes), editBytes))
        {
            empty++;
        }

        if (empty == 0)
        {
            return;
        }

        int left = empty * editBytes;
        byte[] list = new byte[BoxHeaderBytes + ListHeaderBytes + edits.Length];
        BinaryPrimitives.WriteInt32BigEndian(list, list.Length - left);
        "elst"u8.CopyTo(list.AsSpan(4));
        header.CopyTo(list.AsSpan(BoxHeaderBytes));
        BinaryPrimitives.WriteInt32BigEndian(list.AsSpan(BoxHeaderBytes + 4), (int)count - empty);
        edits.AsSpan(left).CopyTo(list.AsSpan(BoxHeaderBytes + ListHeaderBytes));
        Span<byte> room = list.AsSpan(list.Length - left);
        BinaryPrimitives.WriteInt32BigEndian(room, left);
        "free"u8.CopyTo(room[4..]);
        patches.Add((at - BoxHeaderBytes, list));
    }

    // A media time of -1 shows nothing.
    private static bool IsEmpty(ReadOnlySpan<byte> edit, int editBytes) => editBytes == LongEditBytes
        ? BinaryPrimitives.ReadInt64BigEndian(edit[8..]) == -1
        : BinaryPrimitives.ReadInt32BigEndian(edit[4..]) == -1;
}
