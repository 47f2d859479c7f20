using System.Text;
using System.Text.Json;

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Streams;
using ClipGuard.Streams.Comparing;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>A whole manifest of pairs, and scores as fields of samples.</summary>
[TestFixture]
internal sealed class ManifestComparisonTests : StreamGuardTestBase
{
    [OneTimeSetUp]
    public void MakeClips()
    {
        Media.Make("good.mkv", "-f lavfi -i testsrc2=size=160x120:rate=25 -frames:v 10 -pix_fmt yuv420p -c:v ffv1");
        Media.Make("bad.mkv", $"-i {Media.PathOf("good.mkv")} -c:v libx264 -crf 40 -pix_fmt yuv420p");
        Media.Make("short.mkv", $"-i {Media.PathOf("good.mkv")} -frames:v 5 -c:v ffv1");
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task Scores_and_faults_keep_the_manifests_order_and_its_fields(CancellationToken cancellation)
    {
        string manifest = Media.Write("pairs.jsonl", """
            {"id": 1, "original": "good.mkv", "encoded": "bad.mkv", "note": "ä"}
            {"id": 2, "original": "good.mkv", "encoded": "short.mkv"}
            {"id": 3, "original": "good.mkv"}

            no json
            {"id": 5, "original": "good.mkv", "encoded": "good.mkv", "psnr": 1}
            {"id": 6, "original": "nowhere.mkv", "encoded": "good.mkv"}
            """u8);
        string folder = Media.PathOf("out");
        var run = new ManifestComparison(
            new ClipComparer(Guard, new ComparisonOptions()),
            new ManifestComparisonOptions
            {
                ManifestPath = manifest,
                OutputFolder = folder,
                ReferenceColumn = "original",
                DistortedColumn = "encoded",
                Pairs = 2,
            });
        await run.RunAsync(cancellation);

        JsonElement[] scores = Lines(folder, ManifestComparison.ScoresName);
        Assert.That(scores.Select(row => row.GetProperty("id").GetInt32()), Is.EqualTo(new[] { 1, 5 }));
        Assert.That(scores[0].GetProperty("note").GetString(), Is.EqualTo("ä"));
        Assert.That(scores[0].GetProperty("psnr").GetDouble(), Is.InRange(10, 60));
        Assert.That(scores[1].GetProperty("psnr").GetString(), Is.EqualTo("Infinity"));

        JsonElement[] faults = Lines(folder, ManifestComparison.FaultsName);
        Assert.That(
            faults.Select(fault => (fault.GetProperty("line").GetInt32(), fault.GetProperty("fault").GetString())),
            Is.EqualTo(new[] { (2, "Mismatched"), (3, "BadManifestLine"), (5, "BadManifestLine"), (7, "Missing") }));
        Assert.That(faults[0].GetProperty("message").GetString(), Is.EqualTo("'distorted' has 5 frames, and 'reference' has 10 frames."));
        Assert.That((run.ScoredCount, run.FaultCount), Is.EqualTo((2L, 4L)));
        Assert.That(
            File.ReadAllLines(Path.Combine(folder, ManifestComparison.ExcludedName))[0],
            Is.EqualTo("""{"source":"pairs.jsonl","line":2,"fault":"Mismatched"}"""));

        // The list is of use where the manifest is read again: what it names is no row.
        ExclusionList list = await ExclusionList.ReadAsync([Path.Combine(folder, ManifestComparison.ExcludedName)], cancellation);
        var again = new ManifestComparison(
            new ClipComparer(Guard, new ComparisonOptions()),
            new ManifestComparisonOptions
            {
                ManifestPath = manifest,
                OutputFolder = Media.PathOf("again"),
                ReferenceColumn = "original",
                DistortedColumn = "encoded",
                Excluded = list,
            });
        await again.RunAsync(cancellation);
        Assert.That((again.ScoredCount, again.FaultCount), Is.EqualTo((2L, 0L)));
    }

    [TestCase("pairs.csv", ',')]
    [TestCase("pairs.tsv", '\t')]
    [TestCase("semicolons.csv", ';')]
    [CancelAfter(240_000)]
    public async Task Pairs_may_stand_in_a_table(string name, char delimiter, CancellationToken cancellation)
    {
        string table = string.Join(
            '\n', "id,original,encoded", "1,good.mkv,\"bad.mkv\"", "2,good.mkv", "3,good.mkv,", string.Empty, "4,good.mkv,good.mkv",
            "5,https://me:secret@example.org/a.mkv?secret,good.mkv\n");
        string manifest = Media.Write(name, Encoding.UTF8.GetBytes(table.Replace(',', delimiter)));
        string folder = Media.PathOf($"out-{name}");
        ManifestComparison run = RunOf(manifest, folder);
        await run.RunAsync(cancellation);

        Assert.That(Lines(folder, ManifestComparison.ScoresName).Select(row => row.GetProperty("id").GetString()), Is.EqualTo(new[] { "1", "4" }));
        Assert.That(Lines(folder, ManifestComparison.ScoresName)[1].GetProperty("psnr").GetString(), Is.EqualTo("Infinity"));
        Assert.That(
            Lines(folder, ManifestComparison.FaultsName).Select(fault => (fault.GetProperty("line").GetInt32(), fault.GetProperty("message").GetString())),
            Is.EqualTo(new[]
            {
                (3, "found 2 cells, expected 3, one for each column"), (4, "found no path in 'encoded', expected one"),
                (7, "found the address https://example.org/a.mkv?…, expected the path of a file"),
            }));
        Assert.That((run.Progress.Fraction, run.Progress.Running().Count), Is.EqualTo((1.0, 0)));
    }

    [Test]
    [CancelAfter(240_000)]
    public void A_table_without_the_column_is_refused(CancellationToken cancellation)
    {
        string manifest = Media.Write("other.csv", "reference,distorted\ngood.mkv,bad.mkv\n"u8);
        ManifestException error = Assert.ThrowsAsync<ManifestException>(() => RunOf(manifest, Media.PathOf("out-other")).RunAsync(cancellation))!;

        Assert.That(error.Message, Does.Contain("has no column 'original'"));
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task Text_that_is_none_is_a_bad_line(CancellationToken cancellation)
    {
        byte[] notUtf8 = [.. "{\"original\": \"good"u8, 0xFF, .. ".mkv\", \"encoded\": \"bad.mkv\"}\n"u8];
        string manifest = Media.Write("surrogates.jsonl", [
            .. """{"original": "\ud800", "encoded": "bad.mkv"}"""u8,
            (byte)'\n',
            .. notUtf8,
            .. """{"original": "good.mkv", "encoded": "good.mkv", "\ud800": "\udc00"}"""u8,
            (byte)'\n']);
        string folder = Media.PathOf("out-surrogates");
        await RunOf(manifest, folder).RunAsync(cancellation);

        Assert.That(
            Lines(folder, ManifestComparison.FaultsName).Select(fault => (fault.GetProperty("line").GetInt32(), fault.GetProperty("fault").GetString())),
            Is.EqualTo(new[] { (1, "BadManifestLine"), (2, "BadManifestLine") }));
        Assert.That(
            File.ReadAllText(Path.Combine(folder, ManifestComparison.ScoresName)),
            Does.Contain("""\ud800": "\udc00",""").And.Contain("\"psnr\": \"Infinity\""));
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task Cancelled_it_keeps_what_was_done(CancellationToken cancellation)
    {
        // The first pair's tool waits, and that is no stall here; the second's leaves a file and ends.
        string manifest = Media.Write("two.jsonl", """
            {"original": "good.mkv", "encoded": "bad.mkv"}
            {"original": "good.mkv", "encoded": "short.mkv"}
            """u8);
        string folder = Media.PathOf("out-cancelled");
        string second = Media.PathOf("second-was-here");
        const string script = "cat \"$1\" > /dev/null; if [ $(cat \"$2\" | wc -c) -lt 200000 ]; then touch \"$3\"; else sleep 1000; fi; echo 1";
        var tool = new ToolCommand("sh", ["-c", script, "sh", "{reference}", "{distorted}", second]);
        await using var guard = new StreamGuard(StreamTestRig.Options with { Deadline = TimeSpan.FromSeconds(200), StallLimit = TimeSpan.FromSeconds(200) });
        var run = new ManifestComparison(
            new ClipComparer(guard, new ComparisonOptions { Tool = tool, AnyLength = true, Form = ClipGuard.Media.Streams.VideoStreamFraming.Raw }),
            new ManifestComparisonOptions
            {
                ManifestPath = manifest,
                OutputFolder = folder,
                ReferenceColumn = "original",
                DistortedColumn = "encoded",
                Pairs = 2,
            });
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task running = run.RunAsync(caller.Token);

        // Before the second has begun, the first runs alone too.
        Assert.That(() => File.Exists(second), Is.True.After(60_000, 20), "the second has begun");
        Assert.That(() => run.Progress.Running().Select(pair => pair.Line), Is.EqualTo(new[] { 1 }).After(60_000, 20), "the second has ended");
        await caller.CancelAsync();

        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => running);
        Assert.That(Lines(folder, ManifestComparison.ScoresName).Select(row => row.GetProperty("encoded").GetString()), Is.EqualTo(new[] { "short.mkv" }));
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task A_manifest_can_be_filtered_by_its_scores(CancellationToken cancellation)
    {
        string path = Media.Write("samples.jsonl", """
            {"messages": [{"role": "user", "content": "one"}], "original": "good.mkv", "encoded": "good.mkv"}
            {"messages": [{"role": "user", "content": "two"}], "original": "short.mkv", "encoded": "short.mkv"}
            {"messages": [{"role": "user", "content": "three"}]}
            {"messages": [{"role": "user", "content": "four"}], "original": "good.mkv", "encoded": "nowhere.mkv"}
            """u8);
        string counted = Media.PathOf("compared");
        var comparer = new ClipComparer(Guard, new ComparisonOptions { Tool = Counting(counted) });
        var manifest = new ScoredManifest(new JsonLinesManifest(path), comparer, PairOf, scores => scores["score"] > 5);
        foreach (bool again in (bool[])[false, true])
        {
            List<ManifestRow> rows = [];
            await foreach (ManifestRow row in manifest.ReadRowsAsync(cancellation))
            {
                rows.Add(row);
            }

            Assert.That(rows.Select(row => row.Line), Is.EqualTo(new[] { 1, 3, 4 }));
            Assert.That(((SampleRow)rows[0]).Sample.TryGetField("score", out JsonElement score) && score.GetDouble() == 10);
            Assert.That(((SampleRow)rows[1]).Sample.Fields, Is.Empty);
            Assert.That(
                ((BadRow)rows[2]).Message, Does.StartWith("found a pair without a score (distorted: ").And.EndsWith("expected one that can be compared"));
            Assert.That(manifest.LeftOut, Is.EqualTo(new[] { (2L, "score 5") }));
            Assert.That(File.ReadAllLines(counted), Has.Length.EqualTo(2), again ? "the second time nothing is compared" : "each pair is compared once");
        }
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task A_loader_reads_what_the_scores_let_through(CancellationToken cancellation)
    {
        string[] encoded = ["good.mkv", "short.mkv", "good.mkv", "short.mkv", "good.mkv", "good.mkv"];
        string path = Media.PathOf("train.jsonl");
        await File.WriteAllLinesAsync(
            path,
            encoded.Select(
                name => $$"""{"messages": [{"role": "user", "content": "<video>"}], "videos": ["good.mkv"], "original": "good.mkv", "encoded": "{{name}}"}"""),
            cancellation);
        string counted = Media.PathOf("compared-for-loader");
        var comparer = new ClipComparer(Guard, new ComparisonOptions { Tool = Counting(counted), AnyLength = true });
        var manifest = new ScoredManifest(new JsonLinesManifest(path), comparer, PairOf, scores => scores["score"] > 5, pairs: 2);
        var options = new LoaderOptions
        {
            Video = new VideoSpec { Selection = new UniformFrames(2), Size = new ExactSize(32, 32) },
            BatchSize = 2,
            Supervision = new SupervisorOptions { HelperPath = StreamTestRig.HelperPath },
        };
        await using ClipLoader loader = await ClipLoader.OpenAsync(manifest, options, cancellation: cancellation);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            List<(long Line, double Score)> seen = [];
            await foreach (Batch batch in loader.WithCancellation(cancellation))
            {
                using (batch)
                {
                    Assert.That(batch.Report.Faults.Select(fault => fault.ToString()), Is.Empty);
                    seen.AddRange(
                        batch.Samples.Select(
                            sample => (sample.Line, sample.Sample!.TryGetField("score", out JsonElement score) ? score.GetDouble() : double.NaN)));
                }
            }

            Assert.That(seen, Is.EquivalentTo(new[] { (1L, 10.0), (3L, 10.0), (5L, 10.0), (6L, 10.0) }));
        }

        Assert.That(manifest.LeftOut.Select(sample => sample.Line), Is.EqualTo(new[] { 2, 4 }));
        Assert.That(File.ReadAllLines(counted), Has.Length.EqualTo(6), "each pair was compared once, whatever the number of epochs");
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task What_compare_leaves_is_a_manifest_that_can_be_filtered(CancellationToken cancellation)
    {
        string manifest = Media.Write("train-pairs.jsonl", """
            {"messages": [{"role": "user", "content": "<video>"}], "videos": ["good.mkv"], "original": "good.mkv", "encoded": "bad.mkv"}
            {"messages": [{"role": "user", "content": "<video>"}], "videos": ["good.mkv"], "original": "good.mkv", "encoded": "good.mkv"}
            """u8);
        string folder = Media.PathOf("out-train");
        await RunOf(manifest, folder).RunAsync(cancellation);
        var scored = new JsonLinesManifest(Path.Combine(folder, ManifestComparison.ScoresName));
        var filtered = new FilteredManifest(
            scored, sample => sample.TryGetField("psnr", out JsonElement psnr) && ScoreFieldJson.TryRead(psnr, out double score) && score > 60);
        using IndexedRows all = await scored.IndexAsync(cancellation);
        using IndexedRows rows = await filtered.IndexAsync(cancellation);

        Assert.That((all.Count, rows.Count), Is.EqualTo((2L, 1L)));
        Assert.That((rows.Read(0).Line, rows.FindLine(1), rows.FindLine(2)), Is.EqualTo((2L, -1L, 0L)));
        Assert.That(rows.Fingerprint, Is.Not.EqualTo(all.Fingerprint));
        List<ManifestRow> read = [];
        await foreach (ManifestRow row in filtered.ReadRowsAsync(cancellation))
        {
            read.Add(row);
        }

        Assert.That(read.Select(row => row.Line), Is.EqualTo(new[] { 2 }));
    }

    private ManifestComparison RunOf(string manifest, string folder) => new(
        new ClipComparer(Guard, new ComparisonOptions()),
        new ManifestComparisonOptions { ManifestPath = manifest, OutputFolder = folder, ReferenceColumn = "original", DistortedColumn = "encoded", Pairs = 2 });

    // Scores a pair by the frames of its distorted clip, and adds a line to a file for each pair that it scored.
    private static ToolCommand Counting(string file) => new(
        "sh", ["-c", "cat \"$1\" > /dev/null; grep -a -o FRAME \"$2\" | wc -l; echo >> \"$3\"", "sh", "{reference}", "{distorted}", file]);

    private (ClipSource Reference, ClipSource Distorted)? PairOf(Sample sample) =>
        sample.TryGetField("original", out JsonElement original) && sample.TryGetField("encoded", out JsonElement encoded)
            ? (new FileSource(Media.PathOf(original.GetString()!)), new FileSource(Media.PathOf(encoded.GetString()!)))
            : null;

    private static JsonElement[] Lines(string folder, string name) => [.. File.ReadLines(Path.Combine(folder, name)).Select(line => JsonElement.Parse(line))];
}
