using ClipGuard.Cli.Benching;
using ClipGuard.Cli.Reports;
using ClipGuard.Loading;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Reports;

/// <summary>What a report has of a bench.</summary>
internal sealed class BenchReportBuilderTests
{
    [Test]
    public void It_has_each_epoch_all_verdicts_and_the_profile_of_the_last()
    {
        BenchReport first = Epoch(0, seconds: 4, new() { [FaultKind.Corrupt] = 1, [FaultKind.Missing] = 0 }, []);
        BenchReport second = Epoch(1, seconds: 2, new() { [FaultKind.Corrupt] = 2, [FaultKind.Stalled] = 1 }, [
            new CodecTimings(ClipKind.Audio, "mp3") { ClipCount = 4, Opened = TimeSpan.FromMilliseconds(6), Copied = TimeSpan.FromMilliseconds(2) },
        ]);

        ReportContent report = BenchReportBuilder.Make("/data/train.jsonl", [first, second]);

        Assert.That((report.Title, report.Lead), Is.EqualTo(("train.jsonl", "2 epochs, the last at 50.0 samples/s, held up by storage.")));
        Assert.That(report.Verdicts.Select(static one => $"{one.Name} {one.Count}"), Is.EqualTo(new[] { "ok 200", "Corrupt 3", "Stalled 1" }));
        ReportTable epochs = report.Tables[0];
        Assert.That(epochs.Count, Is.EqualTo(2));
        Assert.That(Numbers(epochs, "Samples/s"), Is.EqualTo(new double?[] { 25, 50 }));
        Assert.That(Numbers(epochs, "Processors busy (%)"), Is.EqualTo(new double?[] { null, null }));
        ReportTable profile = report.Tables[1];
        Assert.That(profile.Count, Is.EqualTo(1));
        Assert.That(Numbers(profile, "open (ms)"), Is.EqualTo(new double?[] { 1.5 }), "a clip");
        Assert.That(Numbers(profile, "copy (ms)"), Is.EqualTo(new double?[] { 0.5 }));
    }

    private static BenchReport Epoch(int number, double seconds, Dictionary<FaultKind, long> faults, CodecTimings[] profile) => new(
        new EpochReport
        {
            Epoch = number,
            SampleCount = 100,
            ClipCount = 100,
            Elapsed = TimeSpan.FromSeconds(seconds),
            Faults = faults,
            Profile = profile,
            Bottleneck = Bottleneck.Storage,
        },
        TimeSpan.FromSeconds(0.5));

    private static List<double?> Numbers(ReportTable table, string column) => ((NumberColumn)table.Columns.Single(one => one.Title == column)).Numbers;
}
