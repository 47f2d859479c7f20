using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Streams;
using ClipGuard.Streams.Comparing;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>Scores, against what ffmpeg says when it reads the same two files itself.</summary>
[TestFixture]
internal sealed partial class ComparisonTests : StreamGuardTestBase
{
    [TestCase("yuv420p", "libx264", "-bf 2")]
    [TestCase("yuv422p", "libx264", "")]
    [TestCase("yuv444p", "libx264", "")]
    [TestCase("yuv420p10le", "libx264", "")]
    [TestCase("yuv422p10le", "libx264", "")]
    [TestCase("yuv444p12le", "ffv1", "")]
    [TestCase("yuv420p16le", "ffv1", "")]
    [TestCase("yuv420p12le", "ffv1", "")]
    [TestCase("yuv422p12le", "ffv1", "")]
    [TestCase("yuv422p16le", "ffv1", "")]
    [TestCase("yuv444p10le", "libx264", "")]
    [TestCase("yuv444p16le", "ffv1", "")]
    [CancelAfter(120_000)]
    public async Task Psnr_and_ssim_are_what_ffmpeg_says_of_the_files(string pixelFormat, string codec, string options, CancellationToken cancellation)
    {
        string reference = Media.Make(
            $"reference-{pixelFormat}.mkv", $"-f lavfi -i testsrc2=size=178x142:rate=25 -frames:v 30 -pix_fmt {pixelFormat} -c:v ffv1");
        string lossy = codec == "ffv1" ? "-vf noise=alls=20:allf=t -c:v ffv1" : $"-c:v {codec} -crf 35 {options}";
        string distorted = Media.Make($"distorted-{pixelFormat}.mkv", $"-i {reference} {lossy} -pix_fmt {pixelFormat}");

        await AssertSameAsFfmpeg(reference, distorted, "[0:v][1:v]", cancellation);
    }

    [TestCase(ScalingFilter.Bicubic, "bicubic")]
    [TestCase(ScalingFilter.Bilinear, "bilinear")]
    [TestCase(ScalingFilter.Lanczos, "lanczos")]
    [TestCase(ScalingFilter.Spline, "spline")]
    [TestCase(ScalingFilter.Area, "area")]
    [TestCase(ScalingFilter.Point, "neighbor")]
    [CancelAfter(120_000)]
    public async Task A_smaller_distorted_clip_is_scaled_as_ffmpegs_filter_does(ScalingFilter scaler, string flags, CancellationToken cancellation)
    {
        string reference = Media.Make("large.mkv", "-f lavfi -i testsrc2=size=320x240:rate=25 -frames:v 20 -pix_fmt yuv420p -c:v ffv1");
        string distorted = Media.Make("small.mkv", $"-i {reference} -vf scale=160:120 -c:v libx264 -crf 30 -pix_fmt yuv420p");

        await AssertSameAsFfmpeg(reference, distorted, $"[0:v]scale=320:240:flags={flags}[d];[d][1:v]", cancellation, scaler);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_rotated_clip_is_compared_upright(CancellationToken cancellation)
    {
        string plain = Media.Make("lying.mp4", "-f lavfi -i testsrc2=size=176x144:rate=25 -frames:v 20 -pix_fmt yuv420p -c:v libx264 -qp 0");
        string rotated = Media.Make("rotated.mp4", $"-i {plain} -c copy -metadata:s:v rotate=90");
        string distorted = Media.Make("upright.mp4", $"-i {rotated} -c:v libx264 -crf 35 -pix_fmt yuv420p");

        await AssertSameAsFfmpeg(rotated, distorted, "[0:v][1:v]", cancellation);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Equal_clips_have_an_infinite_psnr_and_an_ssim_of_one(CancellationToken cancellation)
    {
        var clip = new FileSource(Media.Make("equal.mkv", "-f lavfi -i testsrc2=size=160x120:rate=25 -frames:v 10 -pix_fmt yuv420p -c:v ffv1"));

        Assert.That((await CompareAsync(Metric.Psnr, clip, clip, cancellation)).Scores["psnr"], Is.EqualTo(double.PositiveInfinity));
        Assert.That((await CompareAsync(Metric.Ssim, clip, clip, cancellation)).Scores["ssim"], Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_clip_that_is_not_there_or_no_video_is_named(CancellationToken cancellation)
    {
        var clip = new FileSource(Media.Make("equal.mkv", "-f lavfi -i testsrc2=size=160x120:rate=25 -frames:v 10 -pix_fmt yuv420p -c:v ffv1"));
        ToolFault? missing = (await CompareAsync(Metric.Psnr, clip, new FileSource(Media.PathOf("nowhere.mkv")), cancellation)).Outcome.Fault;
        ToolFault? noVideo = (await CompareAsync(Metric.Psnr, new FileSource(Media.Write("text.mkv", "no video"u8)), clip, cancellation)).Outcome.Fault;

        Assert.That((missing?.Kind, missing?.Culprit), Is.EqualTo((ToolFaultKind.Missing, "distorted")));
        Assert.That((noVideo?.Kind, noVideo?.Culprit), Is.EqualTo((ToolFaultKind.Corrupt, "reference")));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Any_program_can_measure(CancellationToken cancellation)
    {
        var clip = new FileSource(Media.Make("equal.mkv", "-f lavfi -i testsrc2=size=160x120:rate=25 -frames:v 10 -pix_fmt yuv420p -c:v ffv1"));
        var tool = ToolCommand.Parse(
            """/bin/sh -c 'cat "$1" "$2" | wc -c > "$3.bytes"; printf "{{\"bytes\": %s, \"width\": $4, \"name\": \"$5\"}}" $(cat "$3.bytes") > "$3"' sh """
            + "{reference} {distorted} {output} {width} {pixfmt}");
        var comparer = new ClipComparer(Guard, new ComparisonOptions { Tool = tool, Form = VideoStreamFraming.Raw });
        ComparisonResult result = await comparer.CompareAsync(clip, clip, cancellation);

        Assert.That(result.Outcome.Fault, Is.Null, () => result.Outcome.Fault!.Message);
        Assert.That(result.Scores, Is.EquivalentTo(new Dictionary<string, double> { ["bytes"] = 2 * 10 * 160 * 120 * 3 / 2, ["width"] = 160 }));
    }

    private async Task AssertSameAsFfmpeg(
        string reference, string distorted, string inputs, CancellationToken cancellation, ScalingFilter scaler = ScalingFilter.Bicubic)
    {
        foreach (Metric metric in (Metric[])[Metric.Psnr, Metric.Ssim])
        {
            ComparisonResult ours = await new ClipComparer(Guard, new ComparisonOptions { Metric = metric, Scaler = scaler })
                .CompareAsync(new FileSource(reference), new FileSource(distorted), cancellation);
            Assert.That(ours.Outcome.Fault, Is.Null, () => ours.Outcome.Fault!.Message);

            string name = metric == Metric.Psnr ? "psnr" : "ssim";
            // Its ssim of 8-bit clips depends, in the fourth digit, on the number of threads that the filter has.
            string said = Ffmpeg($"-filter_complex_threads 1 -i {distorted} -i {reference} -lavfi {inputs}{name} -f null -");
            string theirs = (metric == Metric.Psnr ? Average() : All()).Match(said).Groups[1].Value;
            Assert.That(ours.Scores[name], Is.EqualTo(double.Parse(theirs, CultureInfo.InvariantCulture)), said);
        }
    }

    private Task<ComparisonResult> CompareAsync(Metric metric, FileSource reference, FileSource distorted, CancellationToken cancellation) =>
        new ClipComparer(Guard, new ComparisonOptions { Metric = metric }).CompareAsync(reference, distorted, cancellation);

    // What the program says on its standard error.
    private static string Ffmpeg(string arguments)
    {
        var start = new ProcessStartInfo("ffmpeg", $"-nostdin -hide_banner -nostats {arguments}") { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return said;
    }

    [GeneratedRegex(@"PSNR .*average:([0-9.]+)")]
    private static partial Regex Average();

    [GeneratedRegex(@"SSIM .*All:([0-9.]+)")]
    private static partial Regex All();
}
