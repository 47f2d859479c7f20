using System.Text;
using System.Text.Json;

using ClipGuard.Streams;
using ClipGuard.Streams.Comparing;

using NUnit.Framework;

namespace ClipGuard.Tests.Streams;

/// <summary>What is read out of what tools write, and what is written into rows.</summary>
[TestFixture]
internal sealed class ScoreParserTests
{
    private const string Report =
        """, "pooled_metrics": { "integer_adm2": {"min": 0.9, "mean": 0.95}, "vmaf": {"min": 42.5, "max": 54.4, "mean": 49.4, "harmonic_mean": 49.2} },"""
        + """ "aggregate_metrics": {} }""";

    private static readonly ComparisonOptions OfVmaf = new() { Metric = Metric.Vmaf };

    [TestCase("{\"a\": 1, \"a\": 2, \"b\": 3}", new[] { "a", "b" }, new[] { 2.0, 3.0 })]
    [TestCase("{\"a\": 1e999, \"b\": \"3\"}", new[] { "a" }, new[] { double.PositiveInfinity })]
    [TestCase(" 3.5\n", new[] { "score" }, new[] { 3.5 })]
    [TestCase("inf", new[] { "score" }, new[] { double.PositiveInfinity })]
    [TestCase("NaN", new string[0], new double[0])]
    [TestCase("{\"\\ud800\": 1}", new string[0], new double[0])]
    [TestCase("[1, 2]", new string[0], new double[0])]
    [TestCase("", new string[0], new double[0])]
    public void Numbers_of_any_tool(string text, string[] names, double[] values)
    {
        IReadOnlyDictionary<string, double> scores = ScoreParser.ReadAny(
            new ToolOutcome { StandardOutput = new CapturedText(text, text.Length, IsCut: false) });

        Assert.That(scores.Keys, Is.EqualTo(names));
        Assert.That(scores.Values, Is.EqualTo(values));
    }

    [Test]
    public void Of_a_long_report_of_vmaf_the_end_is_enough()
    {
        var cut = new ToolOutcome { Output = new CapturedText("\"vmaf\": 12.0} }" + Report, 5_000_000, IsCut: true) };

        Assert.That(ScoreParser.Read(OfVmaf, cut)["vmaf"], Is.EqualTo(49.4));
        Assert.That(ScoreParser.ReadAny(cut)["vmaf_min"], Is.EqualTo(42.5));
    }

    [TestCase("")]
    [TestCase("\"pooled_metrics\"")]
    [TestCase("\"pooled_metrics\": {\"vmaf\": {\"min\": 1}}")]
    [TestCase("\"pooled_metrics\": {\"vmaf\": {\"min\"")]
    public void A_report_that_is_none_has_no_score(string text) =>
        Assert.That(ScoreParser.Read(OfVmaf, new ToolOutcome { Output = new CapturedText(text, text.Length, IsCut: false) }), Is.Empty);

    [Test]
    public void Features_that_were_asked_for_are_scores_too_and_what_the_model_is_made_of_is_not()
    {
        const string report = "\"pooled_metrics\": {\"integer_motion\": {\"min\": 0, \"mean\": 1, \"harmonic_mean\": 1}, "
            + "\"psnr_hvs\": {\"min\": 30, \"mean\": 31.5, \"harmonic_mean\": 31}, \"vmaf\": {\"min\": 1, \"mean\": 2, \"harmonic_mean\": 1.5}}";
        var outcome = new ToolOutcome { Output = new CapturedText(report, report.Length, IsCut: false) };

        IReadOnlyDictionary<string, double> scores = ScoreParser.Read(OfVmaf with { Features = ["psnr_hvs"] }, outcome);

        Assert.That(scores.Keys, Is.EqualTo(new[] { "vmaf", "vmaf_min", "vmaf_harmonic_mean", "psnr_hvs", "psnr_hvs_min", "psnr_hvs_harmonic_mean" }));
        Assert.That(ScoreParser.Read(OfVmaf, outcome).Keys, Has.None.Contains("psnr"));
    }

    [TestCase("Infinity", double.PositiveInfinity)]
    [TestCase("-Infinity", double.NegativeInfinity)]
    public void An_infinite_score_is_text_that_is_read_back(string text, double score)
    {
        Assert.That(ScoreFieldJson.Json(score), Is.EqualTo($"\"{text}\""));
        Assert.That(ScoreFieldJson.TryRead(JsonElement.Parse(ScoreFieldJson.Json(score)), out double read), Is.True);
        Assert.That(read, Is.EqualTo(score));
    }

    [TestCase("\"high\"")]
    [TestCase("null")]
    [TestCase("[1]")]
    public void What_is_no_score_is_not_read_as_one(string json) => Assert.That(ScoreFieldJson.TryRead(JsonElement.Parse(json), out _), Is.False);

    [Test]
    public void A_row_stays_byte_for_byte_as_it_was_but_for_its_scores()
    {
        const string before = """{"id" : 1.50, "text" :"\ud800 é \u00e9", "list": [1,""";
        byte[] row = Encoding.UTF8.GetBytes("""{ "psnr": {"old": [1]}, """ + before[1..] + "\n   2]}");
        var scores = new Dictionary<string, double> { ["psnr"] = 30.5, ["ssim"] = double.PositiveInfinity };
        string line = Encoding.UTF8.GetString(ScoreFieldJson.Append(row, scores));

        Assert.That(line, Is.EqualTo(before + """    2], "psnr": 30.5, "ssim": "Infinity"}""" + "\n"));
        Assert.That(JsonDocument.Parse(line).RootElement.GetProperty("psnr").GetDouble(), Is.EqualTo(30.5));
    }
}
