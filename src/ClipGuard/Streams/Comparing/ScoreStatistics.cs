namespace ClipGuard.Streams.Comparing;

/// <summary>What a score comes to over many pairs, or over the frames of one. Infinite ones, as of equal clips, are counted and left out.</summary>
/// <param name="Name">The score's name.</param>
public sealed record ScoreStatistics(string Name)
{
    /// <summary>Scores that the figures are of.</summary>
    public required long Count { get; init; }

    /// <summary>Scores that are infinite.</summary>
    public required long InfiniteCount { get; init; }

    /// <summary>The arithmetic mean.</summary>
    public required double Mean { get; init; }

    /// <summary>
    /// The harmonic mean as libvmaf has it, n / Σ 1/(x+1) − 1, which a few bad scores draw down; null where a score is −1 or less.
    /// </summary>
    public required double? HarmonicMean { get; init; }

    /// <summary>The smallest.</summary>
    public required double Min { get; init; }

    /// <summary>One in a hundred is smaller. This and the other percentiles lie between two scores in proportion, as NumPy's do.</summary>
    public required double Percentile1 { get; init; }

    /// <summary>One in twenty is smaller.</summary>
    public required double Percentile5 { get; init; }

    /// <summary>Half of them are smaller.</summary>
    public required double Median { get; init; }

    /// <summary>One in twenty is larger.</summary>
    public required double Percentile95 { get; init; }

    /// <summary>The largest.</summary>
    public required double Max { get; init; }

    /// <summary>The figures of scores; null where there are none, or only infinite ones.</summary>
    /// <param name="name">The score's name.</param>
    /// <param name="scores">The scores; those that are no number are left out.</param>
    internal static ScoreStatistics? Of(string name, IReadOnlyCollection<double> scores)
    {
        double[] finite = [.. scores.Where(double.IsFinite).Order()];
        return finite.Length == 0 ? null : new ScoreStatistics(name)
        {
            Count = finite.Length,
            InfiniteCount = scores.Count(double.IsInfinity),
            Mean = finite.Average(),
            HarmonicMean = finite[0] <= -1 ? null : (finite.Length / finite.Sum(static score => 1 / (score + 1))) - 1,
            Min = finite[0],
            Percentile1 = Percentile(finite, 0.01),
            Percentile5 = Percentile(finite, 0.05),
            Median = Percentile(finite, 0.5),
            Percentile95 = Percentile(finite, 0.95),
            Max = finite[^1],
        };
    }

    private static double Percentile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
    }
}
