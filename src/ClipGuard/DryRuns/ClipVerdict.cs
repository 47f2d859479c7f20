using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>What became of one clip.</summary>
/// <param name="Clip">The clip.</param>
/// <param name="Elapsed">From dispatch to verdict, all tries together.</param>
/// <param name="Fault">What is wrong with it; null where nothing is, or where nobody knows.</param>
/// <param name="Unsettled">Why nobody knows; null where somebody does.</param>
internal sealed record ClipVerdict(ClipReference Clip, TimeSpan Elapsed, ClipFault? Fault, UnsettledClip? Unsettled = null)
{
    /// <summary>The clip decoded.</summary>
    public bool IsOk => Fault is null && Unsettled is null;

    /// <summary>The verdict on a clip whose reference alone rules it out: nothing was tried.</summary>
    public static ClipVerdict Refused(ClipReference clip, ClipRefusal refusal) =>
        new(clip, TimeSpan.Zero, new ClipFault(refusal.Kind, DecodeStage.None, refusal.Message, new PostMortem { Attempts = 0 }));
}
