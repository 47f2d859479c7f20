using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

/// <summary>Whether a helper's reply can be believed. Nothing in it is used before it has passed.</summary>
internal static class ReplyCheck
{
    /// <summary>What is wrong with the reply, or null.</summary>
    public static string? Find(ReplyMessage reply, Attempt attempt)
    {
        if (reply.Id != attempt.Id)
        {
            return $"answered request {reply.Id} instead of {attempt.Id}";
        }

        return reply switch
        {
            { Clip: not null, Fault: not null } => "answered with a clip and a fault at once",
            { Clip: { } clip } => FindInClip(clip, reply.FrameTimes, attempt),
            { Fault: { } fault } => MessageCheck.Find(fault),
            _ => "answered with neither a clip nor a fault",
        };
    }

    private static string? FindInClip(DecodedClip clip, int frameTimes, Attempt attempt)
    {
        if (clip.Shape is null || clip.Damage is null)
        {
            return "left out the shape";
        }

        (ElementType element, int dimensions) = attempt.Request.Spec switch
        {
            InspectSpec => (ElementType.UInt8, 1),
            { Kind: ClipKind.Audio } => (ElementType.Float32, 2),
            { Kind: ClipKind.Video } => (ElementType.UInt8, 4),
            _ => (ElementType.UInt8, 3),
        };
        dimensions += WireKindNames.AsksForWindows(attempt.Request.Spec) ? 1 : 0;
        string shape = $"{clip.Element} [{string.Join(", ", clip.Shape)}]";
        if (clip.Element != element || clip.Shape.Count != dimensions)
        {
            return $"gave {shape} where {element} with {dimensions} dimensions was asked for";
        }

        if (clip.Shape.Any(dimension => dimension < 0))
        {
            return $"gave the negative shape {shape}";
        }

        try
        {
            if ((FindInWindows(clip, attempt.Request.Spec) ?? FindInCounts(clip, frameTimes, attempt.Request)) is { } complaint)
            {
                return complaint;
            }

            long bytes = FrameTimesBlock.End(clip.PayloadBytes(), frameTimes);
            return bytes <= attempt.OutputCapacity ? null : $"claims {bytes} bytes where {attempt.OutputCapacity} fit";
        }
        catch (OverflowException)
        {
            return $"claims the impossible shape {shape}";
        }
    }

    private static string? FindInWindows(DecodedClip clip, ClipSpec spec)
    {
        (int windows, int? frames, int starts) = spec switch
        {
            AudioSpec { Windows: { } audio } => (audio.Count, (int?)null, audio.Count),
            VideoSpec { Selection: WindowFrames video } => (video.Count, video.FramesPerWindow, 0),
            _ => (0, null, 0),
        };
        return windows > 0 && clip.Shape[0] != windows ? $"gave {clip.Shape[0]} windows where {windows} were asked for"
            : frames is { } count && clip.Shape[1] != count ? $"gave {clip.Shape[1]} frames in a window where {count} were asked for"
            : clip.WindowStartsSeconds is not { } told || told.Count != starts
                ? $"said of {clip.WindowStartsSeconds?.Count ?? 0} windows where they begin, and not of {starts}"
            : !told.All(static start => start >= 0 && double.IsFinite(start)) ? "said of a window that it begins before the clip does"
            : null;
    }

    private static string? FindInCounts(DecodedClip clip, int frameTimes, DecodeRequest request)
    {
        bool isVideo = request.Spec is VideoSpec;
        DamageReport damage = clip.Damage;
        long[] counts =
        [
            frameTimes, clip.SampleRateHz, clip.InterlacedFrameCount, damage.ConcealedFrameCount, damage.CorruptFrameCount, damage.RefusedPacketCount,
            damage.MissingFrameCount, damage.MissingSampleCount, damage.RepeatedFrameCount, damage.DamagedWantedFrameCount,
        ];
        return counts.Any(static count => count < 0) ? $"counted {counts.Min()} of something"
            : frameTimes > 0 && (!isVideo || frameTimes != clip.FrameCount()) ? $"gave {frameTimes} times with the shape [{string.Join(", ", clip.Shape)}]"
            : isVideo && clip.FrameCount() > request.Limits.MaxFrames ? $"gave {clip.FrameCount()} frames where {request.Limits.MaxFrames} are allowed"
            : clip.Track?.Flaw is { } flaw ? flaw
            : isVideo && clip.InterlacedFrameCount > clip.FrameCount() ? $"counted {clip.InterlacedFrameCount} interlaced frames of {clip.FrameCount()}"
            : null;
    }
}
