using System.Runtime.InteropServices;

namespace ClipGuard.Media.Libav.Video;

/// <summary>Packets to decode one after the other.</summary>
/// <param name="First">The first packet: a key frame, or the track's beginning.</param>
/// <param name="Last">The last packet, included: the one that holds the last wanted frame of the range.</param>
internal readonly record struct PacketRange(int First, int Last);

/// <summary>
/// Which packets have to be decoded for the wanted frames: for each frame those from the key frame before it on. Other packets are jumped over.
/// </summary>
internal sealed class DecodePlan
{
    private readonly int[] _keys;
    private readonly Dictionary<long, int> _packetOf = [];

    /// <summary>A plan over packets in decoding order, each with a presentation time of its own.</summary>
    public DecodePlan(IReadOnlyList<PacketIndexEntry> packets)
    {
        Packets = packets;
        _keys = [.. Enumerable.Range(0, packets.Count).Where(index => packets[index].IsKey)];
        foreach (int shown in Enumerable.Range(0, packets.Count).OrderBy(index => packets[index].IsHidden))
        {
            // A frame that is never shown may have the same time as one that is shown: the latter, which comes first here, counts.
            _packetOf.TryAdd(packets[shown].Ticks, shown);
        }
    }

    public IReadOnlyList<PacketIndexEntry> Packets { get; }

    /// <summary>The packet that holds the frame of a presentation time; -1 where none does.</summary>
    public int PacketOf(long ticks) => _packetOf.GetValueOrDefault(ticks, -1);

    /// <summary>
    /// Where decoding has to begin for a frame: the last key frame before it that is also shown before it. A frame that follows a key frame
    /// in the file but is shown before it belongs to the frames before that key frame (an open group of pictures).
    /// </summary>
    public int StartFor(long ticks)
    {
        int index = Array.BinarySearch(_keys, PacketOf(ticks));
        for (index = index >= 0 ? index : ~index - 1; index >= 0; index--)
        {
            if (Packets[_keys[index]].Ticks <= ticks)
            {
                return _keys[index];
            }
        }

        return 0;
    }

    /// <summary>The ranges of packets that give all the wanted frames, ascending and without overlap.</summary>
    /// <param name="ticks">The frames' presentation times, ascending.</param>
    public IReadOnlyList<PacketRange> RangesFor(IEnumerable<long> ticks)
    {
        List<PacketRange> ranges = [];
        IEnumerable<PacketRange> needed = ticks.Select(tick => new PacketRange(StartFor(tick), PacketOf(tick)));
        foreach (PacketRange range in needed.OrderBy(range => range.First).ThenBy(range => range.Last))
        {
            Span<PacketRange> known = CollectionsMarshal.AsSpan(ranges);
            if (known.Length > 0 && range.First <= known[^1].Last)
            {
                known[^1] = known[^1] with { Last = Math.Max(known[^1].Last, range.Last) };
            }
            else
            {
                ranges.Add(range);
            }
        }

        return ranges;
    }
}
