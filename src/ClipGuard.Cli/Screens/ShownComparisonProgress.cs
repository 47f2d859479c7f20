using ClipGuard.Runs;
using ClipGuard.Streams;
using ClipGuard.Streams.Comparing;

namespace ClipGuard.Cli.Screens;

/// <summary>How far the comparison of a manifest's pairs is.</summary>
internal sealed class ShownComparisonProgress(PairProgress progress) : IShownProgress
{
    /// <inheritdoc/>
    public double? Fraction => progress.Fraction;

    /// <inheritdoc/>
    public RunningClip? Longest => progress.Running() is [{ } longest, ..] ? longest : null;

    /// <inheritdoc/>
    public string Verdicts
    {
        get
        {
            IEnumerable<string> faults = Enum.GetValues<ToolFaultKind>()
                .Where(kind => progress.Count(kind) > 0)
                .Select(kind => $"{kind} {Wording.Number(progress.Count(kind))}");
            IEnumerable<string> badLines = progress.BadLines > 0 ? [$"{PairFaultRecord.BadLine} {Wording.Number(progress.BadLines)}"] : [];
            return string.Join(" · ", faults.Concat(badLines).Prepend($"scored {Wording.Number(progress.Scored)}"));
        }
    }

    /// <inheritdoc/>
    public string Done(TimeSpan elapsed)
    {
        long pairs = progress.Scored + progress.Faults;
        double aMinute = elapsed > TimeSpan.Zero ? pairs / elapsed.TotalMinutes : 0;
        return $"{Wording.Count(pairs, "pair")}, {Wording.Number(aMinute)} a minute, {Wording.GoneAndLeft(progress.Fraction, before: 0, elapsed)}";
    }
}
