using System.Text.Json;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Cli;

[Parallelizable]
[CancelAfter(60_000)]
internal sealed class BenchCommandTests
{
    private string _folder = null!;
    private string _manifest = null!;

    [SetUp]
    public void WriteManifest()
    {
        _folder = Directory.CreateTempSubdirectory("clipguard-bench-").FullName;
        _manifest = Path.Combine(_folder, "train.jsonl");
        string clips = Repository.PathOf("datasets-sample");
        string[] names =
        [
            "good/tone.wav", "good/tone.mp3", "bad/overwritten.mp3", "good/tone.flac", "good/tone.wav", "bad/missing.wav", "good/tone.m4a", "good/tone.opus",
        ];
        File.WriteAllLines(
            _manifest, names.Select((name, i) => $$"""{"id":{{i}},"messages":[{"role":"user","content":"What is this?"}],"audio":"{{clips}}/{{name}}"}"""));
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_report_has_what_the_epochs_came_to()
    {
        string page = Path.Combine(_folder, "bench.html");

        CommandRun run = PublishedCommand.Run("bench", _manifest, "--report", "--report-file", page, "--batch", "4");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(run.Output, Does.Contain($"Report      {page}"));
        Assert.That(File.ReadAllText(page), Does.Contain("ClipGuard bench").And.Contain("Where the time of a clip goes").And.Contain("Missing"));
    }

    [Test]
    public void As_json_it_is_one_object_for_each_batch_and_each_epoch_and_the_same_batches_with_one_and_two_workers()
    {
        CommandRun one = PublishedCommand.Run("bench", _manifest, "--batch", "3", "--epochs", "2", "--workers", "1", "--json", "--checksums");
        CommandRun two = PublishedCommand.Run("bench", _manifest, "--batch", "3", "--epochs", "2", "--workers", "2", "--json", "--checksums");

        Assert.That((one.ExitCode, two.ExitCode), Is.EqualTo((1, 1)), one.Error + two.Error);
        JsonElement[] read = [.. one.Output.TrimEnd().Split('\n').Select(Parse)];
        Assert.That(read.Select(line => line.TryGetProperty("sha256", out _)), Is.EqualTo(new[] { true, true, true, false, true, true, true, false }));
        Assert.That(read.Where((_, i) => i % 4 != 3).Select(line => (line.GetProperty("epoch").GetInt32(), line.GetProperty("batch").GetInt32())), Is.EqualTo(
            new[] { (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2) }));
        Assert.That(Checksums(one.Output), Has.Length.EqualTo(6).And.Unique);
        Assert.That(Checksums(two.Output), Is.EqualTo(Checksums(one.Output)));
        foreach (JsonElement epoch in new[] { read[3], read[7] })
        {
            Assert.That(epoch.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[]
            {
                "epoch", "batches", "samples", "elapsedSeconds", "samplesPerSecond", "megabytesPerSecond", "firstBatchSeconds", "waitedSeconds",
                "decodeSeconds",
                "bottleneck", "clips", "badRows", "substitutes", "masked", "faults", "readAhead",
            }));
            Assert.That(Counts(epoch, "batches", "samples", "clips", "badRows", "substitutes", "masked"), Is.EqualTo(new[] { 3, 8, 8, 0, 2, 1 }));
            Assert.That(epoch.GetProperty("samplesPerSecond").GetDouble(), Is.EqualTo(8 / epoch.GetProperty("elapsedSeconds").GetDouble()).Within(1e-6));
            Assert.That(epoch.GetProperty("bottleneck").GetString(), Is.EqualTo("Consumer").Or.EqualTo("Decoding").Or.EqualTo("Storage"));

            // Each bad clip once at its own place, and again where it was chosen as a substitute.
            Assert.That(Counts(epoch.GetProperty("faults"), "Corrupt", "Missing"), Is.All.AtLeast(1));
        }
    }

    [Test]
    public void What_is_said_of_kinds_that_no_sample_has_changes_nothing()
    {
        CommandRun run = PublishedCommand.Run("bench", _manifest, "--json", "--checksums");
        CommandRun other = PublishedCommand.Run("bench", _manifest, "--json", "--checksums", "--frames", "2", "--size", "32x32");

        Assert.That((run.ExitCode, other.ExitCode), Is.EqualTo((1, 1)), run.Error + other.Error);
        Assert.That(Checksums(other.Output), Is.EqualTo(Checksums(run.Output)));
    }

    [Test]
    public void As_text_it_says_how_fast_it_was_what_held_it_up_and_the_verdicts()
    {
        CommandRun run = PublishedCommand.Run("bench", _manifest, "--workers", "2", "--checksums");

        Assert.That(run.ExitCode, Is.EqualTo(1), "The manifest names clips with faults. " + run.Error);
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.That(lines[0], Is.EqualTo($"Bench of {_manifest} (JSON Lines)"));
        Assert.That(lines.Skip(6), Has.All.Match(@"^  read ahead \d clips, "), "where storage was slow");
        lines = lines[1..6];
        Assert.That(lines[0], Does.Match("^epoch 0 batch 0 [0-9a-f]{64}$"));
        Assert.That(lines[1], Does.Match(@"^epoch 0: 8 samples in 1 batches, \d+\.\d\d s$"));
        Assert.That(lines[2], Does.Match(@"^  \d+\.\d samples/s, \d+\.\d MB/s decoded, first batch after \d+\.\d\d s$"));
        Assert.That(
            lines[3],
            Does.Match(@"^  held up by (the consumer|decoding|storage): waited \d+\.\d\d s, decodes took \d+\.\d\d s in all, processors \d+ ?% busy$"));
        Assert.That(lines[4], Does.Match(@"^  8 clips ok, \d Missing, \d Corrupt, 0 rows bad, 2 substitutes, 0 masked$"));
    }

    [Test]
    public void Strict_tags_make_rows_bad_whose_clips_have_none()
    {
        CommandRun run = PublishedCommand.Run("bench", _manifest, "--workers", "1", "--tags", "strict", "--json");

        Assert.That(run.ExitCode, Is.EqualTo(1), "The manifest names clips with faults. " + run.Error);
        Assert.That(Counts(Parse(run.Output), "samples", "masked", "clips"), Is.EqualTo(new[] { 0, 8, 0 }));
        Assert.That(Parse(run.Output).GetProperty("badRows").GetInt32(), Is.AtLeast(8));
    }

    [Test]
    public void Without_a_fault_it_ends_with_0()
    {
        File.WriteAllLines(_manifest, File.ReadAllLines(_manifest)[..1]);
        CommandRun run = PublishedCommand.Run("bench", _manifest, "--workers", "1");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }

    [TestCase("has no row")]
    [TestCase("names no clip in its 2 rows", """{"messages":[{"role":"user","content":"a"}]}""", """{"messages":[{"role":"user","content":"b"}]}""")]
    public void A_manifest_with_nothing_to_decode_is_no_manifest(string words, params string[] rows)
    {
        File.WriteAllLines(_manifest, rows);
        CommandRun run = PublishedCommand.Run("bench", _manifest);

        Assert.That((run.ExitCode, run.Output), Is.EqualTo((2, string.Empty)));
        Assert.That(run.Error, Is.EqualTo($"clipguard: manifest {_manifest} {words}\n"));
    }

    [TestCase("manifest /nowhere/train.tar cannot be read: there is no such file", "bench", "/nowhere/train.tar")]
    [TestCase("there is no such file", "bench", "/nowhere/train.jsonl")]
    [TestCase("clipguard bench --help", "bench")]
    [TestCase("--batch: '0' was given", "bench", "a.jsonl", "--batch", "0")]
    public void Wrong_use_is_said(string words, params string[] arguments)
    {
        CommandRun run = PublishedCommand.Run(arguments);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("clipguard: ").And.Contain(words));
    }

    private static string[] Checksums(string output) => [.. output.Split('\n').Where(line => line.Contains("sha256", StringComparison.Ordinal))];

    private static int[] Counts(JsonElement element, params string[] names) => [.. names.Select(name => element.GetProperty(name).GetInt32())];

    private static JsonElement Parse(string line)
    {
        using var read = JsonDocument.Parse(line);
        return read.RootElement.Clone();
    }
}
