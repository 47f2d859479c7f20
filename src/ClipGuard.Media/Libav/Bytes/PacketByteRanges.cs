using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Bytes;

/// <summary>Which bytes of a file belong to one stream's packets, as the container's index says.</summary>
internal sealed unsafe class PacketByteRanges
{
    // AVIndexEntry has flags in the lowest 2 bits of this field and the size in the upper 30.
    private const int FlagBits = 2;

    private readonly long[] _starts;
    private readonly long[] _ends;

    private PacketByteRanges(long[] starts, long[] ends) => (_starts, _ends) = (starts, ends);

    /// <summary>Reads a stream's index; null where it has none.</summary>
    public static PacketByteRanges? Of(AVStream* stream)
    {
        int count = ffmpeg.avformat_index_get_entries_count(stream);
        var ranges = new List<(long Start, long End)>(count);
        for (int i = 0; i < count; i++)
        {
            AVIndexEntry* entry = ffmpeg.avformat_index_get_entry(stream, i);
            ranges.Add((entry->pos, entry->pos + (entry->flags2_size30 >> FlagBits)));
        }

        // Ranges may overlap: an edit list may name a packet twice, and a damaged index anything.
        ranges.Sort();
        int merged = 0;
        for (int i = 1; i < ranges.Count; i++)
        {
            if (ranges[i].Start <= ranges[merged].End)
            {
                ranges[merged] = (ranges[merged].Start, Math.Max(ranges[merged].End, ranges[i].End));
            }
            else
            {
                ranges[++merged] = ranges[i];
            }
        }

        return count == 0 ? null : new PacketByteRanges(
            [.. ranges.Take(merged + 1).Select(range => range.Start)],
            [.. ranges.Take(merged + 1).Select(range => range.End)]);
    }

    /// <summary>The number of bytes, from a position on, that are all in packets or all outside of packets.</summary>
    /// <param name="position">The first byte.</param>
    /// <param name="length">The most that is returned.</param>
    /// <param name="ofPackets">True where they are in packets.</param>
    public int Run(long position, int length, out bool ofPackets)
    {
        int found = Array.BinarySearch(_starts, position);
        int range = found >= 0 ? found : ~found - 1;
        ofPackets = range >= 0 && position < _ends[range];
        long end = ofPackets ? _ends[range] : range + 1 < _starts.Length ? _starts[range + 1] : long.MaxValue;
        return (int)Math.Min(length, end - position);
    }
}
