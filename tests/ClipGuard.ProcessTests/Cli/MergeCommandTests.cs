using ClipGuard.DryRuns;

using NUnit.Framework;

using ParquetSharp;

namespace ClipGuard.ProcessTests.Cli;

/// <summary>Dry runs of parts of a manifest, by what a scheduler says, and their merge, as the command does both.</summary>
[Parallelizable]
[CancelAfter(60_000)]
public sealed class MergeCommandTests
{
    private string _folder = null!;
    private string _manifest = null!;
    private string _out = null!;

    [SetUp]
    public void WriteManifest()
    {
        _folder = Directory.CreateTempSubdirectory("clipguard-merge-").FullName;
        _manifest = Path.Combine(_folder, "manifest.jsonl");
        _out = Path.Combine(_folder, "out");
        File.WriteAllLines(_manifest, [Row("good/tone.wav"), "no sample", Row("bad/empty.wav"), Row("good/tone.flac"), Row("bad/missing.wav")]);
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Jobs_of_an_array_and_of_a_scheduler_of_ones_own_are_merged_into_what_one_run_writes()
    {
        string whole = Path.Combine(_folder, "whole");
        Assert.That(Run(null, "dry-run", _manifest, "--out", whole).ExitCode, Is.EqualTo(1));
        CommandRun first = Run(
            Variables("SLURM_ARRAY_TASK_ID=4 SLURM_ARRAY_TASK_MIN=4 SLURM_ARRAY_TASK_MAX=5 SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=2"),
            "dry-run",
            _manifest,
            "--out",
            _out,
            "--shard",
            "auto",
            "--faults-are-success");
        Assert.That(first.ExitCode, Is.Zero, first.Error);
        Assert.That(first.Error, Does.Contain("shard 0/2, by Slurm's array (SLURM_ARRAY_TASK_ID=4, "));
        Assert.That(first.Output, Does.Contain("JSON Lines, shard 0/2: bytes 0 to "));

        CommandRun half = Run(null, "merge", _out);
        Assert.That(half.ExitCode, Is.EqualTo(2));
        Assert.That(half.Error, Is.EqualTo($"clipguard: not all shards in {_out} are done: 1/2 is missing. Run them with --shard, and merge again\n"));

        // The task that is left, sent again alone.
        CommandRun alone = Run(
            Variables("SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_MAX=5 SLURM_ARRAY_TASK_COUNT=1"),
            "dry-run",
            _manifest,
            "--out",
            _out,
            "--shard",
            "auto");
        Assert.That(alone.ExitCode, Is.EqualTo(2));
        Assert.That(alone.Error, Does.Contain("holds shards of a manifest cut into 2, and this would be 0/1"));
        Assert.That(Run(null, "dry-run", _manifest, "--out", _out, "--shard", "1/2").ExitCode, Is.EqualTo(1));

        CommandRun merged = Run(null, "merge", _out);
        Assert.That(merged.ExitCode, Is.EqualTo(1), merged.Error);
        Assert.That(merged.Output, Does.Contain("BadManifestLine").And.Contain("line 5  bad/missing.wav"));
        Assert.That(File.ReadAllText(DryRunFiles.Clean(_out)), Is.EqualTo(File.ReadAllText(DryRunFiles.Clean(whole))));
        Assert.That(File.ReadAllText(DryRunFiles.Excluded(_out)), Is.EqualTo(File.ReadAllText(DryRunFiles.Excluded(whole))));
        Assert.That(Named(_out), Is.EqualTo(Named(whole)));
        Assert.That(Run(null, "merge", _out, "--faults-are-success").ExitCode, Is.Zero);
    }

    [Test]
    public void Shards_of_parquet_are_merged_into_the_bytes_that_one_run_writes()
    {
        // Four row groups over two files, and a column that nobody needs.
        string manifest = Path.Combine(_folder, "data");
        Directory.CreateDirectory(manifest);
        WriteParquet(Path.Combine(manifest, "0.parquet"), ["good/tone.wav", "bad/empty.wav", "bad/missing.wav"], ["good/tone.flac"]);
        WriteParquet(Path.Combine(manifest, "1.parquet"), ["bad/missing.wav"], ["good/tone.wav", "good/tone.mp3"]);
        string whole = Path.Combine(_folder, "whole");
        Assert.That(Run(null, "dry-run", manifest, "--out", whole).ExitCode, Is.EqualTo(1));
        foreach (string shard in new[] { "1/3", "0/3", "2/3" })
        {
            CommandRun run = Run(null, "dry-run", manifest, "--out", _out, "--shard", shard, "--faults-are-success");
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(run.Output, Does.Contain("clean.parquet.lines: "));
        }

        CommandRun merged = Run(null, "merge", _out);

        Assert.That(merged.ExitCode, Is.EqualTo(1), merged.Error);
        Assert.That(merged.Output, Does.Contain($"{_out}/clean.parquet: 4 rows"));
        Assert.That(File.ReadAllBytes(DryRunFiles.Clean(_out, ".parquet")), Is.EqualTo(File.ReadAllBytes(DryRunFiles.Clean(whole, ".parquet"))));
        Assert.That(File.ReadAllText(DryRunFiles.Excluded(_out)), Is.EqualTo(File.ReadAllText(DryRunFiles.Excluded(whole))));
        Assert.That(Named(_out), Is.EqualTo(Named(whole)));
    }

    [TestCase("--shard 2/2", "shards are counted from 0, so that 2 of them are 0/2 to 1/2")]
    [TestCase("--shard auto", "--shard auto: no launcher's variables say")]
    [TestCase("--shard 0/2 --limit 3", "--shard does not go with --limit")]
    [TestCase("--shard 0/2 --clean c.jsonl", "--shard does not go with --clean; 'clipguard merge' takes --clean")]
    public void What_does_not_go_is_said_before_anything_is_started(string arguments, string expected)
    {
        CommandRun run = Run(null, ["dry-run", _manifest, "--out", _out, .. arguments.Split(' ')]);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain(expected));
    }

    private static void WriteParquet(string path, params string[][] groups)
    {
        using var writer = new ParquetFileWriter(path, [new Column<string>("query"), new Column<int>("number"), new Column<string>("audio")]);
        foreach (string[] clips in groups)
        {
            using RowGroupWriter group = writer.AppendRowGroup();
            Write(group, [.. clips.Select(static clip => $"<audio> {clip}")]);
            Write(group, [.. Enumerable.Range(0, clips.Length)]);
            Write(group, clips);
        }

        writer.Close();
    }

    private static void Write<T>(RowGroupWriter group, T[] values)
    {
        using ColumnWriter column = group.NextColumn();
        using LogicalColumnWriter<T> written = column.LogicalWriter<T>();
        written.WriteBatch(values);
    }

    private static string Row(string clip) => $$"""{"messages":[{"role":"user","content":"<audio>"}],"audios":["{{clip}}"]}""";

    private static IEnumerable<string> Named(string folder) => DryRunFiles.ReadFaults(DryRunFiles.Faults(folder))
        .Select(static fault => fault is ClipFaultRecord clip
            ? $"{clip.Line} {clip.Clip} {clip.Path} {clip.Kind} {clip.Fault} {clip.AttemptCount} {clip.Message}"
            : $"{fault.Line} {fault.Fault} {fault.Message}");

    private static Dictionary<string, string?> Variables(string text) =>
        text.Split(' ').Select(static pair => pair.Split('=')).ToDictionary(static pair => pair[0], static pair => (string?)pair[1]);

    private static CommandRun Run(Dictionary<string, string?>? environment, params string[] arguments) => PublishedCommand.Run(
        environment ?? [], arguments[0] == "merge" ? arguments : [.. arguments, "--root", Repository.PathOf("datasets-sample"), "--workers", "1"]);
}
