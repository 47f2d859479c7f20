using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Media.Native;
using ClipGuard.Runs;

using NUnit.Framework;

namespace ClipGuard.Tests.DryRuns;

/// <summary>Dry runs of manifests that are no JSON Lines.</summary>
[CancelAfter(60_000)]
internal sealed class OtherManifestKindTests
{
    private DryRunBench _bench = null!;

    [SetUp]
    public void MakeBench() => _bench = new DryRunBench(string.Empty);

    [TearDown]
    public void RemoveBench() => _bench.Dispose();

    [TestCase("m.csv", "\uFEFFimage,query,note\r\n", "clean.csv")]
    [TestCase("m.tsv", "image\tquery\tnote\r\n", "clean.tsv")]
    public async Task The_clean_rows_of_a_table_are_a_table_again(string name, string header, string clean)
    {
        char delimiter = name.EndsWith("csv", StringComparison.Ordinal) ? ',' : '\t';
        string good = $"a.png{delimiter}q{delimiter}\"two\nlines\"\r\n";
        string last = $"b.png{delimiter}q{delimiter}";
        string path = Path.Combine(_bench.Folder, name);
        await File.WriteAllTextAsync(path, header + good + $"bad.png{delimiter}q{delimiter}\r\n" + "short\r\n" + last);

        DryRunSummary summary = await Run(path).RunAsync();

        string written = System.Text.Encoding.UTF8.GetString(await File.ReadAllBytesAsync(Path.Combine(_bench.Options.OutputFolder, clean)));
        Assert.That(written, Is.EqualTo(header + good + last));
        Assert.That((summary.SampleCount, summary.CleanSampleCount, summary.Faults["BadManifestLine"]), Is.EqualTo((3L, 2L, 1L)));
        Assert.That(summary.Settings.CleanManifest, Is.EqualTo(Path.Combine(_bench.Options.OutputFolder, clean)));
        Assert.That(_bench.CleanPath, Does.Not.Exist);
    }

    [TestCase("\uFEFFimage,\"two\r\nlines\"\r\n", ',')]
    [TestCase("\r\nimage;note\r\n", ';')]
    [TestCase("note|image\n", '|')]
    [TestCase("image\tnote\n", '\t')]
    public async Task Rows_and_names_of_a_table_stay_byte_for_byte(string header, char delimiter)
    {
        bool isLast = header.StartsWith('n');
        string RowOf(string clip, string note) => (isLast ? $"{note}{delimiter}{clip}" : $"{clip}{delimiter}{note}") + "\r\n";
        string[] good = [RowOf("a.png", $"\"x{delimiter}\"\"y\"\"\r\nz\""), RowOf("b.png", " ä "), RowOf("\"c.png\"", string.Empty).TrimEnd('\r', '\n')];
        string path = Path.Combine(_bench.Folder, "m.csv");
        await File.WriteAllTextAsync(path, header + good[0] + RowOf("bad.png", "x") + good[1] + "\r\n" + RowOf("bad.png", "\"1\n2\"") + good[2]);

        await Run(path).RunAsync();

        string clean = Path.Combine(_bench.Options.OutputFolder, "clean.csv");
        Assert.That(
            System.Text.Encoding.UTF8.GetString(await File.ReadAllBytesAsync(clean)), Is.EqualTo((header + string.Concat(good)).TrimStart('\r', '\n')));
        Assert.That(Manifest.Open(clean, _bench.Options.Manifest).ReadRowsAsync().ToBlockingEnumerable().OfType<SampleRow>().Count(), Is.EqualTo(3));
    }

    // Its row of names is read along with the others, and could not be had again.
    [Test]
    public async Task A_table_that_comes_through_a_pipe_is_read_once()
    {
        string pipe = Path.Combine(_bench.Folder, "m.csv");
        Assert.That(Libc.Mkfifo(pipe, Convert.ToUInt32("600", 8)), Is.Zero);
        var writing = Task.Run(() =>
        {
            using var end = new FileStream(pipe, FileMode.Open, FileAccess.Write);
            end.Write("image,query\na.png,q\nbad.png,q\n"u8);
        });

        DryRunSummary summary = await Run(pipe).RunAsync(TestContext.CurrentContext.CancellationToken);

        await writing;
        Assert.That((summary.SampleCount, summary.CleanSampleCount), Is.EqualTo((2L, 1L)));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(_bench.Options.OutputFolder, "clean.csv")), Is.EqualTo("image,query\na.png,q\n"));
    }

    [Test]
    public async Task Shards_and_folders_have_no_clean_rows_and_say_which_lines_are_bad()
    {
        string shard = Path.Combine(_bench.Folder, "s.tar");
        await File.WriteAllBytesAsync(shard, [.. RawTar.File("a.png"), .. RawTar.File("bad.json", "{"), .. RawTar.File("c.png"), .. RawTar.End]);
        string folder = Path.Combine(_bench.Folder, "pictures");
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.png"), []);
        await File.WriteAllBytesAsync(Path.Combine(folder, "bad.png"), []);

        DryRunSummary ofShard = await Run(shard).RunAsync();
        long shardLine = _bench.Faults().Single().Line;
        _bench.Options = _bench.Options with { Fresh = true };
        DryRunSummary ofFolder = await Run(folder).RunAsync();

        Assert.That((ofShard.SampleCount, ofShard.CleanSampleCount, shardLine), Is.EqualTo((2L, 2L, 2L)));
        Assert.That((ofFolder.SampleCount, ofFolder.CleanSampleCount, _bench.Faults().Single().Line), Is.EqualTo((2L, 1L, 2L)));
        Assert.That((ofShard.Settings.CleanManifest, ofFolder.Settings.CleanManifest), Is.EqualTo(((string?)null, (string?)null)));
        Assert.That(
            Directory.GetFiles(_bench.Options.OutputFolder).Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "clips.jsonl", "excluded.jsonl", "faults.csv", "faults.jsonl", "summary.json" }));
        _bench.Options = _bench.Options with { CleanManifest = Path.Combine(_bench.Folder, "clean.jsonl") };
        await Assert.ThatAsync(() => Run(shard).RunAsync(), Throws.InstanceOf<OutputException>().With.Message.Contains("are no text"));
    }

    [Test]
    public async Task A_sample_with_more_clips_than_training_takes_is_bad()
    {
        string path = Path.Combine(_bench.Folder, "m.jsonl");
        await File.WriteAllTextAsync(path, DryRunBench.Row("a.png") + "\n" + DryRunBench.Row("a.png", "b.png") + "\n");
        _bench.Options = _bench.Options with { ClipsPerSample = 1 };

        DryRunSummary summary = await Run(path).RunAsync();

        Assert.That(
            _bench.Faults().Select(fault => (fault.Line, fault.Message)),
            Is.EqualTo(new[] { (2L, "found 2 image clips, expected at most 1, as many as a sample may have") }));
        Assert.That(await File.ReadAllTextAsync(_bench.CleanPath), Is.EqualTo(DryRunBench.Row("a.png") + "\n"));
        Assert.That((summary.SampleCount, summary.ClipCount), Is.EqualTo((1L, 1L)));
    }

    private DryRun Run(string path) => new(Manifest.Open(path, _bench.Options.Manifest), _bench.Decoder, _bench.Options);
}
