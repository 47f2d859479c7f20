using ClipGuard.Media.Selections;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Video;

/// <summary>Makes a timeline from the times of a track's packets or frames.</summary>
internal static unsafe class FrameTimelineBuilder
{
    /// <summary>The timeline of a track's packets; null where a packet has no presentation time, or the same as another.</summary>
    public static FrameTimeline? Read(IReadOnlyList<PacketIndexEntry> packets, AVStream* stream)
    {
        if (LacksReordering(packets, stream))
        {
            return null;
        }

        int firstKey = 0;
        while (firstKey < packets.Count && !packets[firstKey].IsKey)
        {
            firstKey++;
        }

        // Packets before the first key frame cannot be decoded. Some streams mark no key frames at all: then all packets count.
        firstKey = firstKey == packets.Count ? 0 : firstKey;
        var shown = new List<(long Ticks, bool IsKey)>(packets.Count);
        for (int i = firstKey; i < packets.Count; i++)
        {
            if (packets[i].Ticks == ffmpeg.AV_NOPTS_VALUE)
            {
                return null;
            }

            if (!packets[i].IsHidden && packets[i].Ticks >= packets[firstKey].Ticks)
            {
                shown.Add((packets[i].Ticks, packets[i].IsKey));
            }
        }

        shown.Sort((a, b) => a.Ticks.CompareTo(b.Ticks));
        for (int i = 1; i < shown.Count; i++)
        {
            if (shown[i].Ticks == shown[i - 1].Ticks)
            {
                return null;
            }
        }

        return shown.Count == 0 ? null : Make([.. shown.Select(frame => frame.Ticks)], [.. shown.Select(frame => frame.IsKey)], stream) with
        {
            LastFrameSeconds = LastFrameSeconds(packets, stream),
        };
    }

    /// <summary>The timeline of the frames that really came out.</summary>
    public static FrameTimeline FromFrames(IEnumerable<long> ticks, FrameTimeline packets)
    {
        long[] sorted = [.. ticks.Distinct().Order()];
        bool[] isKey = [.. sorted.Select(tick => Array.BinarySearch(packets.Ticks, tick) is >= 0 and var index && packets.IsKey[index])];
        return packets with { Ticks = sorted, IsKey = isKey };
    }

    /// <summary>
    /// A timeline of frames that have numbers instead of times. They are shown at the packets' times, sorted, where every packet has one (several may have
    /// the same), and otherwise at the frame rate. Which frames are key frames is taken from the packets in decoding order.
    /// </summary>
    /// <param name="count">How many frames there are.</param>
    /// <param name="stream">The track.</param>
    /// <param name="packets">Its packets.</param>
    /// <param name="told">The frame rate that the track is told to have.</param>
    /// <param name="isPaced">True where the times of decoding tell how long frames stay on show, as they do in an AVI, which has no others.</param>
    public static FrameTimeline Numbered(int count, AVStream* stream, IReadOnlyList<PacketIndexEntry> packets, AVRational told, bool isPaced)
    {
        PacketIndexEntry[] shown =
        [
            .. packets.Where(packet => !packet.IsHidden).Select(packet => isPaced ? packet with { Ticks = packet.DecodeTicks } : packet),
        ];
        bool isKnown = shown.Length == count;
        bool isTimed = isKnown && shown.Length > 0 && shown.All(packet => packet.Ticks != ffmpeg.AV_NOPTS_VALUE);
        AVRational unit = stream->time_base;
        AVRational rate = told is { num: > 0, den: > 0 } ? told : stream->r_frame_rate;
        (int num, int den) = rate.num > 0 && rate.den > 0 ? (rate.den, rate.num) : (1, 25);
        long[] ticks = new long[count];
        for (int i = 0; i < count; i++)
        {
            ticks[i] = i;
        }

        return new FrameTimeline(ticks, isKnown ? [.. shown.Select(packet => packet.IsKey)] : new bool[count], num, den, (double)den / num)
        {
            Shown = isTimed ? Shown([.. shown.Select(packet => (double)packet.Ticks * unit.num / unit.den).Order()], isPaced ? stream->codecpar->video_delay
                : 0) : null,
            LastFrameSeconds = isTimed ? LastFrameSeconds(shown, stream) : 0,
        };
    }

    /// <summary>True where no packet says when it is shown, and each when it is decoded, as those of MPEG-2 in a GXF do.</summary>
    public static bool HasDecodingTimesAlone(IReadOnlyList<PacketIndexEntry> packets)
    {
        for (int i = 0; i < packets.Count; i++)
        {
            if (packets[i].Ticks != ffmpeg.AV_NOPTS_VALUE
                || packets[i].DecodeTicks == ffmpeg.AV_NOPTS_VALUE
                || (i > 0 && packets[i].DecodeTicks <= packets[i - 1].DecodeTicks))
            {
                return false;
            }
        }

        return packets.Count > 0;
    }

    // A frame that is decoded ahead of its time comes out of the decoder with a later packet, and is shown when that one is due.
    private static double[] Shown(double[] due, int delay)
    {
        double[] shown = new double[due.Length];
        double frameSeconds = due.Zip(due.Skip(1), (one, next) => next - one).DefaultIfEmpty(0).Min();
        for (int i = 0; i < due.Length; i++)
        {
            shown[i] = i + delay < due.Length ? due[i + delay] : due[^1] + ((i + delay - (due.Length - 1)) * frameSeconds);
        }

        return shown;
    }

    // A stream whose frames are shown in another order than they are decoded in has times that go back and forth. Where they only ever grow, the muxer wrote
    // decoding times for presentation times (an MP4 without its "ctts" box), and the decoder alone knows the order.
    private static bool LacksReordering(IReadOnlyList<PacketIndexEntry> packets, AVStream* stream)
    {
        if (stream->codecpar->video_delay <= 0 || packets.Count < 2)
        {
            return false;
        }

        for (int i = 1; i < packets.Count; i++)
        {
            if (packets[i].Ticks <= packets[i - 1].Ticks || packets[i].Ticks != packets[i].DecodeTicks)
            {
                return false;
            }
        }

        return true;
    }

    private static double LastFrameSeconds(IReadOnlyList<PacketIndexEntry> packets, AVStream* stream) =>
        (double)packets.Where(packet => !packet.IsHidden).MaxBy(packet => packet.Ticks).DurationTicks * stream->time_base.num / stream->time_base.den;

    private static FrameTimeline Make(long[] ticks, bool[] isKey, AVStream* stream)
    {
        AVRational unit = stream->time_base;
        AVRational rate = Rate(stream);
        double seconds = (double)(ticks[^1] - ticks[0]) * unit.num / unit.den;
        double average = ticks.Length > 1 && seconds > 0 ? (ticks.Length - 1) / seconds : 1;
        return new FrameTimeline(ticks, isKey, unit.num, unit.den, rate.num > 0 && rate.den > 0 ? (double)rate.num / rate.den : average);
    }

    // A header may tell a rate that is none: libavformat makes 1/0 of 1e300 frames a second.
    private static AVRational Rate(AVStream* stream) => stream->avg_frame_rate is { num: > 0, den: > 0 } told ? told : stream->r_frame_rate;
}
