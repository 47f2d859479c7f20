using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>The verdict on one clip.</summary>
/// <param name="Clip">The clip.</param>
/// <param name="Elapsed">From dispatch to verdict, all attempts together.</param>
/// <param name="Fault">Why it gave no data; null where it did.</param>
internal sealed record ClipVerdict(ClipReference Clip, TimeSpan Elapsed, ClipFault? Fault)
{
    /// <summary>The verdict on a clip that is refused by its reference: nothing was decoded.</summary>
    public static ClipVerdict Refused(ClipReference clip, ClipRefusal refusal) =>
        new(clip, TimeSpan.Zero, new ClipFault(refusal.Kind, DecodeStage.None, refusal.Message, new PostMortem { Attempts = 0 }));
}
