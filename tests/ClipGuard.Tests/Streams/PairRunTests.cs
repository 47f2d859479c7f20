using System.Text.Json;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Streams;
using ClipGuard.Streams.Comparing;
using ClipGuard.Tests.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Streams;

/// <summary>A whole manifest of pairs, and scores as fields of samples.</summary>
[TestFixture]
internal sealed class PairRunTests
{
    private MediaFolder _media = null!;
    private StreamGuard _guard = null!;

    [OneTimeSetUp]
    public void Start()
    {
        _media = new MediaFolder();
        _media.Make("good.mkv", "-f lavfi -i testsrc2=size=160x120:rate=25 -frames:v 10 -pix_fmt yuv420p -c:v ffv1");
        _media.Make("bad.mkv", $"-i {_media.PathOf("good.mkv")} -c:v libx264 -crf 40 -pix_fmt yuv420p");
        _media.Make("short.mkv", $"-i {_media.PathOf("good.mkv")} -frames:v 5 -c:v ffv1");
        _guard = new StreamGuard(StreamTestRig.Options);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _guard.DisposeAsync();
        _media.Dispose();
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task Scores_and_faults_keep_the_manifests_order_and_its_fields(CancellationToken cancellation)
    {
        string manifest = _media.Write("pairs.jsonl", """
            {"id": 1, "original": "good.mkv", "encoded": "bad.mkv", "note": "ä"}
            {"id": 2, "original": "good.mkv", "encoded": "short.mkv"}
            {"id": 3, "original": "good.mkv"}

            no json
            {"id": 5, "original": "good.mkv", "encoded": "good.mkv", "psnr": 1}
            {"id": 6, "original": "nowhere.mkv", "encoded": "good.mkv"}
            """u8);
        string folder = _media.PathOf("out");
        var run = new PairRun(
            new ClipComparer(_guard, new ComparisonOptions()),
            new PairRunOptions { ManifestPath = manifest, OutputFolder = folder, ReferenceColumn = "original", DistortedColumn = "encoded", Pairs = 2 });
        await run.RunAsync(cancellation);

        JsonElement[] scores = Lines(folder, PairRun.ScoresName);
        Assert.That(scores.Select(row => row.GetProperty("id").GetInt32()), Is.EqualTo(new[] { 1, 5 }));
        Assert.That(scores[0].GetProperty("note").GetString(), Is.EqualTo("ä"));
        Assert.That(scores[0].GetProperty("psnr").GetDouble(), Is.InRange(10, 60));
        Assert.That(scores[1].GetProperty("psnr").GetDouble(), Is.EqualTo(double.PositiveInfinity));

        JsonElement[] faults = Lines(folder, PairRun.FaultsName);
        Assert.That(
            faults.Select(fault => (fault.GetProperty("line").GetInt32(), fault.GetProperty("fault").GetString())),
            Is.EqualTo(new[] { (2, "Mismatched"), (3, "BadManifestLine"), (5, "BadManifestLine"), (7, "Missing") }));
        Assert.That(faults[0].GetProperty("message").GetString(), Is.EqualTo("'distorted' has 5 frames, and 'reference' has 10 frames."));
        Assert.That((run.Scored, run.Faults), Is.EqualTo((2L, 4L)));
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task A_manifest_can_be_filtered_by_its_scores(CancellationToken cancellation)
    {
        string path = _media.Write("samples.jsonl", """
            {"messages": [{"role": "user", "content": "one"}], "original": "good.mkv", "encoded": "good.mkv"}
            {"messages": [{"role": "user", "content": "two"}], "original": "good.mkv", "encoded": "bad.mkv"}
            {"messages": [{"role": "user", "content": "three"}]}
            """u8);
        var manifest = new ScoredManifest(
            new JsonLinesManifest(path), new ClipComparer(_guard, new ComparisonOptions { Metric = Metric.Ssim }), PairOf, scores => scores["ssim"] > 0.99);
        List<ManifestRow> rows = [];
        await foreach (ManifestRow row in manifest.ReadRowsAsync(cancellation))
        {
            rows.Add(row);
        }

        Assert.That(rows, Has.Count.EqualTo(3));
        Assert.That(((SampleRow)rows[0]).Sample.TryGetField("ssim", out JsonElement ssim) && ssim.GetDouble() == 1);
        Assert.That(((BadRow)rows[1]).Message, Does.StartWith("found a pair with ssim 0."));
        Assert.That(((SampleRow)rows[2]).Sample.Fields, Is.Empty);
    }

    private (ClipSource Reference, ClipSource Distorted)? PairOf(Sample sample) =>
        sample.TryGetField("original", out JsonElement original) && sample.TryGetField("encoded", out JsonElement encoded)
            ? (new FileSource(_media.PathOf(original.GetString()!)), new FileSource(_media.PathOf(encoded.GetString()!)))
            : null;

    private static JsonElement[] Lines(string folder, string name) => [.. File.ReadLines(Path.Combine(folder, name)).Select(line => JsonElement.Parse(line))];
}
