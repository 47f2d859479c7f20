namespace ClipGuard.Streams.Comparing;

/// <summary>What the comparison of one pair came to.</summary>
/// <param name="Scores">The scores by name; empty where there is a fault.</param>
/// <param name="Outcome">The tool run behind them, with the fault where there is one.</param>
public sealed record ComparisonResult(IReadOnlyDictionary<string, double> Scores, ToolOutcome Outcome);
