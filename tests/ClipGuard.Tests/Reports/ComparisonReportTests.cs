using ClipGuard.Cli.Reports;
using ClipGuard.Streams.Comparing;

using NUnit.Framework;

namespace ClipGuard.Tests.Reports;

/// <summary>What a report has of a comparison.</summary>
[CancelAfter(30_000)]
internal sealed class ComparisonReportTests
{
    [Test]
    public void It_has_the_scores_what_they_come_to_and_who_got_none()
    {
        string folder = Directory.CreateTempSubdirectory("clipguard-comparison-").FullName;
        File.WriteAllText(
            Path.Combine(folder, ManifestComparison.ScoresName),
            """
            {"ref": "a.mkv", "out": "a1.mkv", "psnr": 30.5}
            {"ref": "b.mkv", "out": "b1.mkv", "psnr": "Infinity"}
            {"ref": "c.mkv", "out": "c1.mkv", "psnr": 40}

            """);
        File.WriteAllText(
            Path.Combine(folder, ManifestComparison.FaultsName),
            """
            {"line":4,"reference":"/d.mkv","distorted":"/d1.mkv","culprit":"(tool)","fault":"ToolFailed","message":"m","log":["one","two"]}
            {"line":5,"fault":"BadManifestLine","message":"found nothing"}

            """);
        new ComparisonSummary
        {
            Manifest = "/data/pairs.jsonl",
            Measure = "psnr",
            ReferenceColumn = "ref",
            DistortedColumn = "out",
            Scored = 3,
            Faults = 2,
            Statistics = [ScoreStatistics.Of("psnr", [30.5, double.PositiveInfinity, 40])!],
        }.Write(folder);

        ReportContent report = ComparisonReportBuilder.Make(folder, ComparisonSummary.Read(folder)!, 2);

        Assert.That(report.Lead, Is.EqualTo("3 pairs scored, 2 without a score."));
        Assert.That(
            report.Verdicts.Select(static one => $"{one.Name} {one.Count}"), Is.EquivalentTo(new[] { "scored 3", "ToolFailed 1", "BadManifestLine 1" }));
        Assert.That(report.Tables.Select(static table => $"{table.Id} {table.Count}"), Is.EqualTo(new[] { "statistics 1", "faults 2", "pairs 2" }));
        Assert.That(((NumberColumn)report.Tables[2].Columns[1]).Numbers, Is.EqualTo(new double?[] { 30.5, null }));
        Assert.That(report.Tables[2].Note, Is.EqualTo("The first 2; scores.jsonl has all."));
        Assert.That(report.Histograms.Single().Counts.Sum(), Is.EqualTo(2));
        Assert.That(((NumberColumn)report.Tables[0].Columns[2]).Numbers, Is.EqualTo(new double?[] { 1 }), "infinite ones");
        Directory.Delete(folder, recursive: true);
    }
}
