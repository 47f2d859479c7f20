using ClipGuard.Manifests;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>What earlier runs found of the clips that this one comes to.</summary>
/// <param name="journal">What an interrupted run found out of turn.</param>
/// <param name="known">What a run found that ended and left clips unsettled; null where there was none.</param>
internal sealed class EarlierVerdictLookup(JournalFindings journal, SettledVerdicts? known)
{
    /// <summary>The verdict on a clip; null where it is to be decoded. One task asks, for each clip once and in the manifest's order.</summary>
    /// <param name="row">The clip's row.</param>
    /// <param name="index">Which of its clips.</param>
    /// <param name="firstFailure">Where it is to be decoded and has failed once: that failure.</param>
    public ClipVerdict? Find(SampleRow row, int index, out ClipFault? firstFailure) =>
        journal.Take(row.Line, index, row.Sample.Clips[index], out firstFailure) ?? known?.Find(row, index);
}
