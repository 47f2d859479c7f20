using ClipGuard.Media;

namespace ClipGuard.Streams.Comparing;

/// <summary>What the comparison of one pair came to.</summary>
/// <param name="Scores">The scores by name; empty where there is a fault.</param>
/// <param name="Outcome">The tool run behind them, with the fault where there is one.</param>
public sealed record ComparisonResult(IReadOnlyDictionary<string, double> Scores, ToolOutcome Outcome)
{
    /// <summary>The scores of each frame; null where they were not asked for, or were more than is kept of what the tool wrote.</summary>
    public FrameScores? Frames { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);
}
