using ClipGuard.Media.Libav.Tracks;
using ClipGuard.Media.Selections;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Video;

/// <summary>The damage that decoding found, and how many wanted frames it affects.</summary>
/// <param name="Report">The counts.</param>
/// <param name="BrokeOff">What ended the reading early; null where nothing did.</param>
internal sealed record VideoDamage(DamageReport Report, string? BrokeOff)
{
    /// <summary>Wanted frames that are damaged or missing.</summary>
    public long DamagedWanted => Report.DamagedWantedFrameCount;

    /// <summary>True where nothing is damaged and nothing missing.</summary>
    public bool IsNone => OnlyMissing && Report is { DamagedWantedFrameCount: 0, MissingFrameCount: 0 };

    /// <summary>True where frames are missing and nothing says that the clip is damaged.</summary>
    public bool OnlyMissing => Report is { ConcealedFrameCount: 0, CorruptFrameCount: 0, RefusedPacketCount: 0 } && BrokeOff is null;

    /// <summary>Counts the damage.</summary>
    /// <param name="decoder">What the decoder saw.</param>
    /// <param name="wanted">What was wanted, and what came.</param>
    /// <param name="track">The track that was read.</param>
    /// <param name="timeline">All frames that there are.</param>
    /// <param name="plan">Which packet holds which frame; null where packets have no times.</param>
    /// <param name="packets">The track's packets.</param>
    /// <param name="dependsOnAll">True where another number of frames would have made another choice.</param>
    public static unsafe VideoDamage Of(
        PacketRangeDecoder decoder,
        WantedFrames wanted,
        Track track,
        FrameTimeline timeline,
        DecodePlan? plan,
        IReadOnlyList<PacketIndexEntry> packets,
        bool dependsOnAll)
    {
        List<long> flagged = [.. decoder.ConcealedFrames, .. decoder.CorruptFrames];
        int[] marked = [.. Enumerable.Range(0, packets.Count).Where(index => packets[index].IsCorrupt)];
        int[] damagedPackets = plan is null
            ? [.. decoder.RefusedPackets, .. decoder.ConcealedPackets, .. marked]
            : [.. decoder.RefusedPackets, .. decoder.ConcealedPackets, .. marked, .. flagged.Select(plan.PacketOf).Where(packet => packet >= 0)];
        Array.Sort(damagedPackets);

        long damagedWanted = 0;
        long missing = 0;
        foreach (long ticks in wanted.Ticks)
        {
            missing += wanted.HasCome(ticks) ? 0 : 1;
            bool isDamaged = !wanted.HasCome(ticks) || flagged.Contains(ticks) || IsBuiltOnDamage(ticks, plan, damagedPackets)
                || (plan is null && IsBuiltOnFrame(ticks, flagged, timeline));
            damagedWanted += isDamaged ? 1 : 0;
        }

        // A container with an index says how many frames there are to be, others how long the track is.
        long promised = plan is null
            ? MissingFrames.NotRead(track, packets.Count)
            : MissingFrames.Missing(track, packets.Count, timeline.StartSeconds + timeline.EndSeconds, timeline.RateHz);
        if (dependsOnAll && (track.ReadingBrokeOff is not null || promised > packets.Count / 100))
        {
            // The selection depends on the number of frames (as "uniform" does): made from too few frames, it is not the one that was asked for.
            damagedWanted = Math.Max(damagedWanted, 1);
        }

        long? firstTicks = damagedPackets.Length > 0 ? packets[damagedPackets[0]].Ticks
            : missing > 0 ? wanted.Ticks.First(ticks => !wanted.HasCome(ticks))
            : null;
        var report = new DamageReport
        {
            ConcealedFrameCount = decoder.ConcealedFrames.Count + decoder.ConcealedPackets.Count,
            CorruptFrameCount = decoder.CorruptFrames.Count + marked.Length,
            RefusedPacketCount = decoder.RefusedPackets.Count,
            MissingFrameCount = missing + promised,
            RepeatedFrameCount = wanted.Repeats + decoder.RepeatedFrames,
            DamagedWantedFrameCount = damagedWanted,
            FirstAt = firstTicks is { } first && first != ffmpeg.AV_NOPTS_VALUE && plan is not null
                ? TimeSpan.FromSeconds((double)(first - timeline.Ticks[0]) * timeline.SecondsNumerator / timeline.SecondsDenominator)
                : null,
        };
        return new VideoDamage(report, track.ReadingBrokeOff);
    }

    /// <summary>The counts that are not 0, in words.</summary>
    public string Describe()
    {
        List<string> parts = [];
        Add(Report.ConcealedFrameCount, "concealed");
        Add(Report.CorruptFrameCount, "marked corrupt");
        Add(Report.RefusedPacketCount, "packets refused by the decoder");
        Add(Report.MissingFrameCount, "missing");
        if (BrokeOff is not null)
        {
            parts.Add($"reading broke off ({BrokeOff})");
        }

        return parts.Count == 0 ? "no frame came out" : string.Join(", ", parts);

        void Add(long count, string what)
        {
            if (count > 0)
            {
                parts.Add($"{count} {what}");
            }
        }
    }

    // For frames without times, whose ticks are their numbers: true where a damaged frame comes before this one with no key frame in between.
    private static bool IsBuiltOnFrame(long number, List<long> flagged, FrameTimeline timeline) =>
        flagged.Exists(damaged => damaged < number && !timeline.IsKey.AsSpan((int)damaged + 1, (int)(number - damaged)).Contains(true));

    // Errors in a frame spread to all frames that are built on it, up to the next key frame.
    private static bool IsBuiltOnDamage(long ticks, DecodePlan? plan, int[] damagedPackets)
    {
        if (plan is null || damagedPackets.Length == 0)
        {
            return damagedPackets.Length > 0;
        }

        int packet = plan.PacketOf(ticks);
        int start = plan.StartFor(ticks);
        return damagedPackets.Any(damaged => damaged >= start && damaged <= packet);
    }
}
