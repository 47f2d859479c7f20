using System.Text.Json;

using ClipGuard.Cli.Screens;
using ClipGuard.Streams.Comparing;

namespace ClipGuard.Cli.Reports;

/// <summary>Makes a report of the files that a comparison of a manifest's pairs has left.</summary>
internal static class ComparisonReportBuilder
{
    private const int MostHistograms = 12;

    /// <summary>Makes it.</summary>
    /// <param name="folder">The comparison's output folder.</param>
    /// <param name="summary">What it came to.</param>
    /// <param name="mostRows">Most rows of a table.</param>
    public static ReportContent Make(string folder, ComparisonSummary summary, int mostRows)
    {
        var scores = summary.Statistics.ToDictionary(static one => one.Name, static _ => new List<double>());
        ReportTable pairs = PairTable(Path.Combine(folder, ManifestComparison.ScoresName), summary, scores, mostRows);
        var faults = new SortedDictionary<string, long>(StringComparer.Ordinal);
        ReportTable bad = FaultsCsv(Path.Combine(folder, ManifestComparison.FaultsName), faults, mostRows);
        return new ReportContent
        {
            Kicker = "ClipGuard comparison",
            Title = Path.GetFileName(summary.Manifest) is { Length: > 0 } name ? name : summary.Manifest,
            Lead = $"{Wording.Count(summary.Scored, "pair")} scored, {Wording.Number(summary.Faults)} without a score.",
            Facts = [["Manifest", summary.Manifest], ["Measured by", summary.Measure]],
            VerdictTitle = "Pairs",
            Verdicts =
            [
                new ReportVerdict("scored", summary.Scored, "good"),
                .. faults.OrderByDescending(static fault => fault.Value).Select(static fault => new ReportVerdict(fault.Key, fault.Value, "bad")),
            ],
            Tables = [StatisticsTable(summary), .. bad.Count > 0 ? [bad] : Array.Empty<ReportTable>(), pairs],
            HistogramTitle = "Scores",
            HistogramNote = "Infinite scores, as of equal clips, are left out.",
            Histograms =
            [
                .. scores.Take(MostHistograms).Select(static score => LinearHistogram.Draw(score.Key, "pair", score.Value)).OfType<ReportHistogram>(),
            ],
        };
    }

    private static ReportTable StatisticsTable(ComparisonSummary summary)
    {
        var name = new TextColumn("Score") { Opens = true };
        (NumberColumn Column, Func<ScoreStatistics, double?> Of)[] figures =
        [
            (new NumberColumn("Pairs"), static one => one.Count), (new NumberColumn("Infinite") { Less = true }, static one => one.InfiniteCount),
            (new NumberColumn("Mean"), static one => one.Mean), (new NumberColumn("Harmonic mean") { Less = true }, static one => one.HarmonicMean),
            (new NumberColumn("Least"), static one => one.Min), (new NumberColumn("1 % below") { Less = true }, static one => one.Percentile1),
            (new NumberColumn("5 % below") { Less = true }, static one => one.Percentile5),
            (new NumberColumn("Half below") { Less = true }, static one => one.Median),
            (new NumberColumn("95 % below") { Less = true }, static one => one.Percentile95), (new NumberColumn("Most") { Less = true }, static one => one.Max),
        ];
        foreach (ScoreStatistics one in summary.Statistics)
        {
            name.Add(one.Name);
            Array.ForEach(figures, figure => figure.Column.Add(figure.Of(one)));
        }

        return new ReportTable("statistics", "What the scores come to", [name, .. figures.Select(static figure => figure.Column)])
        {
            Count = summary.Statistics.Count,
        };
    }

    private static ReportTable PairTable(string path, ComparisonSummary summary, Dictionary<string, List<double>> scores, int mostRows)
    {
        var distorted = new TextColumn("Distorted") { Opens = true };
        var reference = new SparseColumn("Reference");
        NumberColumn[] columns = [.. summary.Statistics.Select(static (one, index) => new NumberColumn(one.Name) { Less = index > 0, Ascending = true })];
        int count = 0;
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            using var row = JsonDocument.Parse(line);
            double?[] own = [.. columns.Select(column => Score(row.RootElement, column.Title))];
            for (int column = 0; column < columns.Length; column++)
            {
                if (own[column] is { } score)
                {
                    scores[columns[column].Title].Add(score);
                }
            }

            if (count == mostRows)
            {
                continue;
            }

            distorted.Add(Text(row.RootElement, summary.DistortedColumn));
            reference.Add(count++, Text(row.RootElement, summary.ReferenceColumn));
            for (int column = 0; column < columns.Length; column++)
            {
                columns[column].Add(own[column]);
            }
        }

        return new ReportTable("pairs", "All pairs", [distorted, .. columns, reference])
        {
            Count = count,
            Note = summary.Scored > count ? $"The first {Wording.Number(count)}; {ManifestComparison.ScoresName} has all." : null,
        };
    }

    private static ReportTable FaultsCsv(string path, SortedDictionary<string, long> faults, int mostRows)
    {
        var distorted = new TextColumn("Distorted") { Opens = true };
        var fault = new ChoiceColumn("Fault");
        var culprit = new ChoiceColumn("Culprit");
        var lineNumber = new NumberColumn("Line") { Ascending = true, Less = true };
        var reference = new SparseColumn("Reference");
        var message = new SparseColumn("Message");
        var log = new SparseColumn("Last words");
        int count = 0;
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            using var record = JsonDocument.Parse(line);
            string kind = Text(record.RootElement, "fault");
            faults[kind] = faults.GetValueOrDefault(kind) + 1;
            if (count == mostRows)
            {
                continue;
            }

            long number = record.RootElement.GetProperty("line").GetInt64();
            distorted.Add(Text(record.RootElement, "distorted") is { Length: > 0 } named ? named : $"line {number}");
            fault.Add(kind);
            culprit.Add(Text(record.RootElement, "culprit"));
            lineNumber.Add(number);
            reference.Add(count, Text(record.RootElement, "reference"));
            message.Add(count, Text(record.RootElement, "message"));
            log.Add(
                count++,
                record.RootElement.TryGetProperty("log", out JsonElement lines)
                    ? string.Join('\n', lines.EnumerateArray().Select(static one => one.GetString()))
                    : string.Empty);
        }

        return new ReportTable("faults", "Pairs without a score", [distorted, fault, culprit, lineNumber, reference, message, log]) { Count = count };
    }

    private static double? Score(JsonElement row, string name) =>
        row.TryGetProperty(name, out JsonElement field) && ScoreFieldJson.TryRead(field, out double score) && double.IsFinite(score) ? score : null;

    private static string Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out JsonElement field) && field.ValueKind == JsonValueKind.String ? field.GetString()! : string.Empty;
}
