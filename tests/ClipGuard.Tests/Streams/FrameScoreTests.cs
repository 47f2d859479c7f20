using ClipGuard.Streams;
using ClipGuard.Streams.Comparing;

using NUnit.Framework;

namespace ClipGuard.Tests.Streams;

/// <summary>The scores of single frames, what they come to, and the command lines that ask for them.</summary>
[TestFixture]
internal sealed class FrameScoreTests
{
    [Test]
    public void Of_psnr_each_line_is_a_frame()
    {
        FrameScores frames = Read(
            new ComparisonOptions(),
            """
            n:1 mse_avg:1.20 mse_y:1.00 mse_u:1.50 mse_v:1.60 psnr_avg:47.34 psnr_y:48.13 psnr_u:46.37 psnr_v:46.09
            n:2 mse_avg:0.00 mse_y:0.00 mse_u:0.00 mse_v:0.00 psnr_avg:inf psnr_y:inf psnr_u:inf psnr_v:inf

            """)!;

        Assert.That(frames.CsvHeader, Is.EqualTo("line,frame,psnr,psnr_y,psnr_u,psnr_v"));
        Assert.That(frames.ToCsv(7), Is.EqualTo(new[] { "7,0,47.34,48.13,46.37,46.09", "7,1,inf,inf,inf,inf" }));
    }

    [Test]
    public void Of_ssim_the_whole_comes_first()
    {
        FrameScores frames = Read(
            new ComparisonOptions { Metric = Metric.Ssim },
            "n:1 Y:0.951 U:0.971 V:0.981 All:0.961 (14.1)\nn:2 Y:1.000000 U:1.000000 V:1.000000 All:1.000000 (inf)\n")!;

        Assert.That(frames.CsvHeader, Is.EqualTo("line,frame,ssim,ssim_y,ssim_u,ssim_v"));
        Assert.That(frames.ToCsv(0), Is.EqualTo(new[] { "0,0,0.961,0.951,0.971,0.981", "0,1,1,1,1,1" }));
    }

    [Test]
    public void Of_vmaf_the_frames_of_its_report()
    {
        var options = new ComparisonOptions { Metric = Metric.Vmaf, Features = ["cambi"] };

        FrameScores frames = Read(
            options,
            """
            {"frames": [{"frameNum": 0, "metrics": {"integer_motion": 0, "cambi": 0.5, "vmaf": 90}}, {"frameNum": 1, "metrics": {"vmaf": 80.5}}, {}],
            "pooled_metrics": {}}
            """)!;

        Assert.That(frames.Names, Is.EqualTo(new[] { "vmaf", "cambi" }));
        Assert.That(frames.ToCsv(1), Is.EqualTo(new[] { "1,0,90,0.5", "1,1,80.5," }));
    }

    [TestCase("")]
    [TestCase("nothing of the kind\n")]
    [TestCase("n:1 psnr_avg:1 psnr_y:2\nn:2 psnr_avg:1\n")]
    public void What_is_no_list_of_frames_has_none(string text) => Assert.That(Read(new ComparisonOptions(), text), Is.Null);

    [Test]
    public void Of_a_list_whose_beginning_was_not_kept_nothing_is_told() => Assert.That(
        FrameScoreParser.Read(new ComparisonOptions(), new ToolOutcome { Output = new CapturedText("n:9 psnr_avg:1\n", 1 << 30, IsCut: true) }), Is.Null);

    // The percentiles are NumPy's of the same numbers.
    [Test]
    public void Many_scores_come_to_figures_of_which_infinite_ones_are_left_out()
    {
        ScoreStatistics all = ScoreStatistics.Of("psnr", [.. Enumerable.Range(1, 100).Select(static i => (double)i), double.PositiveInfinity, double.NaN])!;

        Assert.That((all.Count, all.InfiniteCount, all.Min, all.Max, all.Mean), Is.EqualTo((100L, 1L, 1.0, 100.0, 50.5)));
        Assert.That(new[] { all.Percentile1, all.Percentile5, all.Median, all.Percentile95 }, Is.EqualTo(new[] { 1.99, 5.95, 50.5, 95.05 }).Within(1e-9));
        Assert.That(all.HarmonicMean, Is.EqualTo((100 / Enumerable.Range(1, 100).Sum(static i => 1.0 / (i + 1))) - 1).Within(1e-12));
        Assert.That(ScoreStatistics.Of("psnr", [double.PositiveInfinity]), Is.Null);
        Assert.That(ScoreStatistics.Of("psnr", [-2, 1])!.HarmonicMean, Is.Null);
    }

    [Test]
    public void Vmaf_is_told_its_model_and_what_to_measure_besides()
    {
        var options = new ComparisonOptions { Metric = Metric.Vmaf, Model = "vmaf_v0.6.1neg", Features = ["psnr_hvs", "cambi"], MetricThreads = 3 };

        Assert.That(MetricTool.Of(options, hasVmaf: true, hasLibvmaf: true).ToString(), Is.EqualTo(
            "vmaf -r {reference} -d {distorted} --threads 3 -q --json -o {output} --model version=vmaf_v0.6.1neg --feature psnr_hvs --feature cambi"));
        Assert.That(MetricTool.Of(options, hasVmaf: false, hasLibvmaf: true).ToString(), Does.Contain(
            "-lavfi [0:v][1:v]libvmaf=log_fmt=json:log_path={output}:n_threads=3:model=version=vmaf_v0.6.1neg:feature=name=psnr_hvs|name=cambi -f null -"));
        Assert.That(MetricTool.Of(options, hasVmaf: false, hasLibvmaf: false).Program, Is.EqualTo("vmaf"));
    }

    [Test]
    public void A_models_path_is_no_part_of_the_graph_it_stands_in()
    {
        var options = new ComparisonOptions { Metric = Metric.Vmaf, Model = "/models/a:b,'c'.json" };

        Assert.That(
            MetricTool.Of(options, hasVmaf: false, hasLibvmaf: true).Arguments,
            Has.Some.EndsWith(@"model=path=/models/a\\:b\,\\\'c\\\'.json"));
        Assert.That(MetricTool.Of(options, hasVmaf: true, hasLibvmaf: false).Arguments, Has.Some.EqualTo("path=/models/a:b,'c'.json"));
    }

    private static FrameScores? Read(ComparisonOptions options, string text) =>
        FrameScoreParser.Read(options, new ToolOutcome { Output = new CapturedText(text, text.Length, IsCut: false) });
}
