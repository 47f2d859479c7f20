using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

using ClipGuard.Cli.Reports;
using ClipGuard.DryRuns;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Reports;

/// <summary>What a report has of a run, and that the page holds it whatever names say. How it looks is tests/ClipGuard.BrowserTests.</summary>
[CancelAfter(60_000)]
internal sealed partial class DryRunReportTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-report-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void It_has_the_runs_verdicts_by_what_clips_have_in_common()
    {
        ReportContent report = Make(50);

        Assert.That(report.Title, Is.EqualTo("train.jsonl"));
        Assert.That(report.Lead, Is.EqualTo("51 samples, 50 clips: 40 decoded, 10 faults, 1 unsettled. 40 samples can be trained on."));
        Assert.That(report.Verdicts, Is.EqualTo(new ReportVerdict[] { new("ok", 40, "good"), new("Corrupt", 10, "bad"), new("unsettled", 1, "warn") }));
        Assert.That(Rows(report, "Kind"), Is.EqualTo(new[] { "video 0 10 0", "audio 40 0 1" }));
        Assert.That(Rows(report, "Folder"), Is.EqualTo(new[] { "bad 0 10 0", "speaker-0000 40 0 0", "(no folder) 0 0 1" }));
        Assert.That(Rows(report, "Codec"), Is.EqualTo(new[] { "not known 0 10 1", "flac 40 0 0" }));
        Assert.That(Rows(report, "Container"), Is.EqualTo(new[] { "by name: .mp4 0 10 0", "flac 40 0 0", "by name: .wav 0 0 1" }));
        Assert.That(Rows(report, "Resolution"), Is.EqualTo(new[] { "not known 0 10 0" }));
        Assert.That(Rows(report, "Decoder"), Is.EqualTo(new[] { "FFmpeg 5.1.9 40 10 1" }));
        Assert.That(
            report.Histograms.Select(static one => one.Title), Is.EqualTo(new[] { "Length of audio", "Size of files", "Samples a second", "Channels" }));
        Assert.That(report.Histograms, Has.All.Matches<ReportHistogram>(static one => one.Counts.Sum() == 40 && one.Counts.Count == one.Labels.Count));
        Assert.That(report.Histograms[0].Summary, Does.Match("^40 clips, from 10 s to 49 s, half of them up to about [0-9.]+ s, 19.7 min in all$"));
        Assert.That(report.Tables.Select(static table => $"{table.Id} {table.Count}"), Is.EqualTo(new[] { "clips 50", "unsettled 1", "slowest 1" }));
        Assert.That(report.Settings, Has.Some.EqualTo(new[] { "sandboxInForce", "standard" }));
    }

    [Test]
    public void What_a_second_look_told_stands_with_the_bad_clip_and_damage_has_its_place()
    {
        DryRunSummary summary = SyntheticRun.Write(_folder, 30, "a.mp4");
        ClipFaultRecord fault = DryRunFiles.ReadFaults(DryRunFiles.Faults(_folder)).Cast<ClipFaultRecord>().First();
        var stream = new StreamDescription(0, "video", "h264")
        {
            Width = 320,
            Height = 240,
            DeclaredFrameCount = 100,
            Damage = new DamageReport { MissingFrameCount = 25, FirstAt = TimeSpan.FromSeconds(3) },
        };
        var look = new BadClipInspection(fault, "mov,mp4,m4a", stream, 4) { Picture = new ReportPicture("a.mp4", "damaged", "frames") { Image = [1, 2, 3] } };

        var report = DryRunReport.Make(_folder, summary, [look], 100, null);

        Assert.That(look.DamagedShare, Is.EqualTo(0.25));
        Assert.That(Rows(report, "Codec"), Does.Contain("h264 0 1 0"));
        Assert.That(Rows(report, "Container"), Does.Contain("mov 0 1 0"));
        Assert.That(Rows(report, "Resolution"), Does.Contain("320×240 0 1 0"));
        Assert.That(report.Damage.Single().Counts[15], Is.EqualTo(1));
        Assert.That(report.Pictures, Has.Count.EqualTo(1));
    }

    [Test]
    public void Beyond_so_many_rows_the_table_says_where_the_others_are()
    {
        DryRunSummary summary = SyntheticRun.Write(_folder, 50, "a.mp4");

        ReportTable table = DryRunReport.Make(_folder, summary, [], 20, null).Tables[0];

        Assert.That(table.Count, Is.EqualTo(20));
        Assert.That(table.Note, Is.EqualTo("The first 20 rows, bad ones before good ones; 30 more are in faults.jsonl and clips.jsonl."));
        Assert.That(((TextColumn)table.Columns[0]).Rest, Has.Count.EqualTo(20));
    }

    [TestCase("</script><script>alert(1)</script>")]
    [TestCase("<!--<script>")]
    [TestCase("\"'&<b>\u2028\u202E\0\u001b[31m")]
    [TestCase("half \uD83D of a pair, and \uD83D\uDE00 whole")]
    public void No_name_leaves_the_data(string name)
    {
        string page = Page(Make(30, name));

        Match data = Data().Match(page);
        using var read = JsonDocument.Parse(data.Groups[1].Value);
        string shown = read.RootElement.GetProperty("tables")[0].GetProperty("columns")[0].GetProperty("rest")[0].GetString()!;
        Assert.That(shown, Is.EqualTo($"bad/{name}".Replace("\uD83D of", "\uFFFD of", StringComparison.Ordinal)));
        Assert.That(data.Groups[1].Value, Does.Not.Contain('<'));
        Assert.That(page.Split("<script").Length, Is.EqualTo(3), "the data and the script");
        Assert.That(page, Does.Not.Contain("http://").And.Not.Contain("src=\"").And.Not.Contain("https://").Or.Contain("http://www.w3.org/2000/svg"));
    }

    [Test]
    public void A_hundred_thousand_rows_are_small()
    {
        using var page = new MemoryStream();

        ReportPageWriter.Write(page, Make(100_000));

        Assert.That(page.Length, Is.LessThan(10_000_000));
        TestContext.Out.WriteLine($"{page.Length / 1e6:0.00} MB");
    }

    [Test]
    public void Texts_are_kept_as_what_differs_from_the_one_before()
    {
        var column = new TextColumn("Clip");
        string[] texts = ["a/b1.wav", "a/b2.wav", "a/b2.wav", "c", string.Empty, "\uD83D\uDE00x", "\uD83D\uDE01x"];
        Array.ForEach(texts, column.Add);

        Assert.That(column.Rest, Is.EqualTo(new[] { "a/b1.wav", "2.wav", string.Empty, "c", string.Empty, "\uD83D\uDE00x", "\uD83D\uDE01x" }));
        string before = string.Empty;
        Assert.That(column.Shared.Zip(column.Rest, (shared, rest) => before = before[..shared] + rest), Is.EqualTo(texts));
    }

    [TestCase(new[] { 2.0 }, 8, "1 clip, all 2")]
    [TestCase(new[] { 1.0, 10, 100 }, 24, "3 clips, from 1 to 100, half of them up to about 10.5")]
    [TestCase(new[] { 0.001, 1e9 }, 24, "2 clips, from 0.001 to 1,000,000,000, half of them up to about 0.00105")]
    public void Values_fall_into_at_most_so_many_bars(double[] values, int most, string summary)
    {
        var counts = new LogHistogram();
        Array.ForEach(values, value => counts.Add(value));
        counts.Add(null);
        counts.Add(double.NaN);

        ReportHistogram drawn = counts.Draw("t", "clip", LogHistogram.Short)!;

        Assert.That(drawn.Counts.Sum(), Is.EqualTo(values.Length));
        Assert.That(drawn.Counts, Has.Count.InRange(8, most));
        Assert.That(drawn.Ticks, Has.Count.EqualTo(drawn.Counts.Count));
        Assert.That(drawn.Summary, Is.EqualTo(summary));
    }

    [Test]
    public void Nothing_counted_is_no_histogram() => Assert.That(new LogHistogram().Draw("t", "clip", LogHistogram.Short), Is.Null);

    [Test]
    public void Many_folders_are_those_with_most_bad_clips_and_the_rest_together()
    {
        var folders = new NameCounts("Folder", "folders");
        foreach (int number in Enumerable.Range(0, 40))
        {
            folders.Add($"f{number:00}", ClipFate.Good);
        }

        folders.Add("f39", ClipFate.Bad);

        IReadOnlyList<object[]> rows = folders.Draw().Rows;

        Assert.That(rows[0], Is.EqualTo(new object[] { "f39", 1L, 1L, 0L }));
        Assert.That(rows[^1], Is.EqualTo(new object[] { "25 other folders", 25L, 0L, 0L }));
    }

    private ReportContent Make(int rows, string name = "a.mp4") => DryRunReport.Make(_folder, SyntheticRun.Write(_folder, rows, name), [], 100_000, null);

    private static string Page(ReportContent report)
    {
        using var page = new MemoryStream();
        ReportPageWriter.Write(page, report);
        return Encoding.UTF8.GetString(page.ToArray());
    }

    private static string[] Rows(ReportContent report, string name) =>
        [.. report.Breakdowns.Single(one => one.Name == name).Rows.Select(static row => string.Join(' ', row))];

    [GeneratedRegex("""<script type="application/json" id="data">(.*?)</script>""", RegexOptions.Singleline)]
    private static partial Regex Data();
}
