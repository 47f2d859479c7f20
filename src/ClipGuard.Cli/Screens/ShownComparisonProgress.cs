using ClipGuard.Runs;
using ClipGuard.Streams;
using ClipGuard.Streams.Comparing;

namespace ClipGuard.Cli.Screens;

/// <summary>How far the comparison of a manifest's pairs is.</summary>
internal sealed class ShownComparisonProgress(ManifestComparisonProgress progress) : IShownProgress
{
    /// <inheritdoc/>
    public double? Fraction => progress.Fraction;

    /// <inheritdoc/>
    public RunningClip? Longest => progress.Running() is [{ } longest, ..] ? longest : null;

    /// <inheritdoc/>
    public string Verdicts => Wording.Verdicts(Counts);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long> Counts
    {
        get
        {
            var counts = new Dictionary<string, long> { ["scored"] = progress.ScoredCount };
            foreach (ToolFaultKind kind in Enum.GetValues<ToolFaultKind>().Where(kind => progress.Count(kind) > 0))
            {
                counts.Add(kind.ToString(), progress.Count(kind));
            }

            if (progress.BadLineCount > 0)
            {
                counts.Add(PairFaultRecord.BadLine, progress.BadLineCount);
            }

            return counts;
        }
    }

    /// <inheritdoc/>
    public string Done(TimeSpan elapsed)
    {
        long pairs = progress.ScoredCount + progress.FaultCount;
        double aMinute = elapsed > TimeSpan.Zero ? pairs / elapsed.TotalMinutes : 0;
        return $"{Wording.Count(pairs, "pair")}, {Wording.Number(aMinute)} a minute, {Wording.GoneAndLeft(progress.Fraction, before: 0, elapsed)}";
    }
}
