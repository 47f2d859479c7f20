using ClipGuard.Media;

namespace ClipGuard.Streams.Comparing;

/// <summary>The scores of each frame of a pair.</summary>
/// <param name="Names">What they are called, the most important first.</param>
/// <param name="Frames">Of each frame, in their order, one for each name; NaN where a frame has none.</param>
public sealed record FrameScores(IReadOnlyList<string> Names, IReadOnlyList<IReadOnlyList<double>> Frames)
{
    /// <summary>The first line of a table of them.</summary>
    public string CsvHeader => string.Join(',', Names.Prepend("frame").Prepend("line"));

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

    /// <summary>The lines of a table, without line feeds: the pair's line in its manifest, the frame from 0, and its scores.</summary>
    /// <param name="line">The pair's line; 0 for one from the command line.</param>
    public IEnumerable<string> ToCsv(long line) => Frames.Select((scores, frame) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{line},{frame},{string.Join(',', scores.Select(Cell))}"));

    /// <summary>What the first score comes to over all frames: percentiles, and the harmonic mean.</summary>
    internal IEnumerable<KeyValuePair<string, double>> OverFrames()
    {
        var all = ScoreStatistics.Of(Names[0], [.. Frames.Select(static scores => scores[0])]);
        return all is null ? [] :
        [
            new($"{Names[0]}_p1", Rounded(all.Percentile1)),
            new($"{Names[0]}_p5", Rounded(all.Percentile5)),
            new($"{Names[0]}_median", Rounded(all.Median)),
            .. all.HarmonicMean is { } harmonic ? [new($"{Names[0]}_harmonic_mean", Rounded(harmonic))] : Array.Empty<KeyValuePair<string, double>>(),
        ];
    }

    private static double Rounded(double score) => Math.Round(score, 6);

    private static string Cell(double score) => double.IsNaN(score) ? string.Empty
        : double.IsPositiveInfinity(score) ? "inf"
        : score.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture);
}
