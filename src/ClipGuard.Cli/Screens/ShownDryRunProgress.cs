using ClipGuard.DryRuns;
using ClipGuard.Runs;

namespace ClipGuard.Cli.Screens;

/// <summary>How far a dry run is.</summary>
internal sealed class ShownDryRunProgress(DryRunProgress progress) : IShownProgress
{
    /// <inheritdoc/>
    public double? Fraction => progress.Fraction;

    /// <inheritdoc/>
    public string Verdicts => Wording.Verdicts(Counts);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long> Counts => Wording.Counts(progress);

    /// <inheritdoc/>
    public RunningClip? Longest => progress.Running() is [{ } longest, ..] ? longest : null;

    /// <inheritdoc/>
    public string Done(TimeSpan elapsed) => Wording.Progress(progress, elapsed);
}
