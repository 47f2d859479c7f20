using System.Globalization;

using ClipGuard.Cli.Screens;

namespace ClipGuard.Cli.Reports;

/// <summary>A histogram of values that lie close together, as scores do, in bars of equal width.</summary>
internal static class LinearHistogram
{
    private const int Bars = 20;

    /// <summary>The histogram; null where there is no value.</summary>
    /// <param name="title">Of what.</param>
    /// <param name="noun">What was counted.</param>
    /// <param name="values">The values, all of them finite.</param>
    public static ReportHistogram? Draw(string title, string noun, IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        (double least, double most) = (values.Min(), values.Max());
        double width = most > least ? (most - least) / Bars : 1.0 / Bars;
        double from = most > least ? least : least - 0.5;
        long[] counts = new long[Bars];
        foreach (double value in values)
        {
            counts[Math.Clamp((int)((value - from) / width), 0, Bars - 1)]++;
        }

        string[] edges = [.. Enumerable.Range(0, Bars + 1).Select(bar => (from + (bar * width)).ToString("G4", CultureInfo.InvariantCulture))];
        string range = least == most ? $"all {edges[Bars / 2]}" : $"from {edges[0]} to {edges[^1]}";
        return new ReportHistogram(
            title,
            counts,
            [.. edges.Zip(edges.Skip(1), static (left, right) => $"{left} – {right}")],
            edges[..^1],
            $"{Wording.Count(values.Count, noun)}, {range}");
    }
}
