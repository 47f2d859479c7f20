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
        string shape = $"{clip.Element} [{string.Join(", ", clip.Shape)}]";
        if (clip.Element != element || clip.Shape.Count != dimensions)
        {
            return $"gave {shape} where {element} with {dimensions} dimensions was asked for";
        }

        if (clip.Shape.Any(dimension => dimension < 0))
        {
            return $"gave the negative shape {shape}";
        }

        if (FindInCounts(clip, frameTimes, attempt.Request) is { } complaint)
        {
            return complaint;
        }

        try
        {
            long bytes = FrameTimesBlock.End(clip.PayloadBytes(), frameTimes);
            return bytes <= attempt.OutputCapacity ? null : $"claims {bytes} bytes where {attempt.OutputCapacity} fit";
        }
        catch (OverflowException)
        {
            return $"claims the impossible shape {shape}";
        }
    }

    private static string? FindInCounts(DecodedClip clip, int frameTimes, DecodeRequest request)
    {
        bool isVideo = request.Spec is VideoSpec;
        DamageReport damage = clip.Damage;
        long[] counts =
        [
            frameTimes, clip.SampleRateHz, clip.InterlacedFrames, damage.ConcealedFrames, damage.CorruptFrames, damage.RefusedPackets, damage.MissingFrames,
            damage.MissingSamples, damage.RepeatedFrames, damage.DamagedWantedFrames,
        ];
        return counts.Any(static count => count < 0) ? $"counted {counts.Min()} of something"
            : frameTimes > 0 && (!isVideo || frameTimes != clip.Shape[0]) ? $"gave {frameTimes} times with the shape [{string.Join(", ", clip.Shape)}]"
            : isVideo && clip.Shape[0] > request.Limits.MaxFrames ? $"gave {clip.Shape[0]} frames where {request.Limits.MaxFrames} are allowed"
            : clip.Track?.Flaw is { } flaw ? flaw
            : isVideo && clip.InterlacedFrames > clip.Shape[0] ? $"counted {clip.InterlacedFrames} interlaced frames of {clip.Shape[0]}"
            : null;
    }
}
