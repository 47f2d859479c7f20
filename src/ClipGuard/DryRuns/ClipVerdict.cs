using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>The verdict on one clip.</summary>
/// <param name="Clip">The clip.</param>
/// <param name="Elapsed">From dispatch to verdict, all attempts together.</param>
/// <param name="Fault">Why it gave no data; null where it did, or where that is unsettled.</param>
/// <param name="Unsettled">Why it is unsettled; null where it is not.</param>
internal sealed record ClipVerdict(ClipReference Clip, TimeSpan Elapsed, ClipFault? Fault, UnsettledClip? Unsettled = null)
{
    /// <summary>The clip decoded.</summary>
    public bool IsOk => Fault is null && Unsettled is null;

    /// <summary>The verdict on a clip that is refused by its reference: nothing was decoded.</summary>
    public static ClipVerdict Refused(ClipReference clip, ClipRefusal refusal) =>
        new(clip, TimeSpan.Zero, new ClipFault(refusal.Kind, DecodeStage.None, refusal.Message, new PostMortem { Attempts = 0 }));
}
