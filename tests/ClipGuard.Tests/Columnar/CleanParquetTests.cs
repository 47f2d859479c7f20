using ClipGuard.Columnar;
using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Runs;

using NUnit.Framework;

using ParquetSharp;

using static ClipGuard.Tests.Columnar.ParquetWriting;

namespace ClipGuard.Tests.Columnar;

/// <summary>The clean rows of a dry run over Parquet, which are Parquet again.</summary>
[CancelAfter(60_000)]
internal sealed class CleanParquetTests
{
    private static readonly string[] Names = ["a.png", "bad1.png", "b.png", "c.png", "bad2.png", "bad3.png", "d.png", "odd-1.png", "stuck.png", "e.png"];

    private DryRunBench _bench = null!;

    private string ManifestPath => Path.Combine(_bench.Folder, "m.parquet");

    private string CleanPath => Path.Combine(_bench.Options.OutputFolder, "clean.parquet");

    [SetUp]
    public void MakeBench()
    {
        _bench = new DryRunBench(string.Empty);
        WriteManifest(ManifestPath);
    }

    [TearDown]
    public void RemoveBench() => _bench.Dispose();

    [TestCase(Compression.Zstd)]
    [TestCase(Compression.Gzip)]
    [TestCase(Compression.Lz4)]
    [TestCase(Compression.Uncompressed)]
    public async Task Values_schema_metadata_and_codec_stay(Compression codec)
    {
        WriteManifest(ManifestPath, codec);
        _bench.Decoder = new ScriptedDecoder { IsOdd = false };

        DryRunSummary summary = await RunAsync();

        Assert.That((summary.SampleCount, summary.CleanSampleCount, summary.Settings.CleanManifest), Is.EqualTo((10L, 7L, CleanPath)));
        Assert.That(Rows(CleanPath), Is.EqualTo(Rows(ManifestPath).Where(row => !row.Contains("bad", StringComparison.Ordinal))));
        using var before = new ParquetFileReader(ManifestPath);
        using var clean = new ParquetFileReader(CleanPath);
        Assert.That(clean.FileMetaData.Schema.GroupNode.ToString(), Is.EqualTo(before.FileMetaData.Schema.GroupNode.ToString()));
        Assert.That(clean.FileMetaData.Schema.GroupNode.Equals(before.FileMetaData.Schema.GroupNode));
        Assert.That(clean.FileMetaData.KeyValueMetadata, Is.EqualTo(new Dictionary<string, string> { ["huggingface"] = "{\"info\":{}}", ["other"] = "ä" }));
        Assert.That(clean.FileMetaData.NumRowGroups, Is.EqualTo(3), "of the second group nothing is left");
        for (int column = 0; column < clean.FileMetaData.NumColumns; column++)
        {
            Assert.That(clean.RowGroup(0).MetaData.GetColumnChunkMetaData(column).Compression, Is.EqualTo(codec));
        }
    }

    [Test]
    public async Task The_same_rows_give_the_same_bytes_however_often_the_run_was_interrupted()
    {
        _bench.Decoder = new ScriptedDecoder { IsOdd = false };
        _bench.Decoder.Hold("stuck.png");
        using var stop = new CancellationTokenSource();
        Task<DryRunSummary> first = RunAsync(cancellation: stop.Token);
        await DryRunBench.Until(() => _bench.Decoder.Asked.Contains("e.png"));
        await stop.CancelAsync();
        Assert.That((await first).Cancelled, Is.True);
        Assert.That(CleanPath, Does.Not.Exist);

        _bench.Decoder = new ScriptedDecoder { IsOdd = false };
        DryRunSummary second = await RunAsync();

        Assert.That(second.ResumedRowCount, Is.EqualTo(8));
        byte[] interrupted = await File.ReadAllBytesAsync(CleanPath);
        _bench.Decoder = new ScriptedDecoder { IsOdd = false };
        await RunAsync(fresh: true);
        Assert.That(interrupted, Is.EqualTo(await File.ReadAllBytesAsync(CleanPath)));
        Assert.That(Directory.GetFiles(_bench.Options.OutputFolder).Select(Path.GetFileName), Has.None.StartsWith("clean.parquet."));
    }

    [Test]
    public async Task A_pass_over_the_unsettled_alone_makes_it_anew()
    {
        await RunAsync();
        Assert.That(Rows(CleanPath), Has.Length.EqualTo(6).And.None.Contains("odd"));

        _bench.Decoder = new ScriptedDecoder { IsOdd = false };
        await RunAsync();

        Assert.That(_bench.Decoder.Asked, Is.EqualTo(new[] { "odd-1.png" }));
        Assert.That(Rows(CleanPath), Is.EqualTo(Rows(ManifestPath).Where(row => !row.Contains("bad", StringComparison.Ordinal))));
    }

    // Every row has its verdict, and only the copy was not made: the next run decodes nothing.
    [Test]
    public async Task A_copy_that_fails_is_made_by_the_next_run()
    {
        _bench.Decoder = new ScriptedDecoder { IsOdd = false };
        Directory.CreateDirectory(CleanPath + ".copy");
        await Assert.ThatAsync(() => RunAsync(), Throws.InstanceOf<OutputException>().With.Message.Contains("clean.parquet.copy"));

        Directory.Delete(CleanPath + ".copy");
        _bench.Decoder = new ScriptedDecoder();
        DryRunSummary summary = await RunAsync();

        Assert.That(_bench.Decoder.Asked, Is.Empty);
        Assert.That((summary.ResumedRowCount, Rows(CleanPath).Length), Is.EqualTo((10L, 7)));
    }

    [Test]
    public async Task Several_files_become_one_and_a_limit_holds()
    {
        string second = Path.Combine(_bench.Folder, "n.parquet");
        WriteManifest(second);
        _bench.Decoder = new ScriptedDecoder { IsOdd = false };
        _bench.Options = _bench.Options with { Limit = 14 };

        DryRunSummary summary = await new DryRun(new ParquetManifest("both", [ManifestPath, second]), _bench.Decoder, _bench.Options).RunAsync();

        string[] expected = [.. Rows(ManifestPath).Concat(Rows(second).Take(4)).Where(row => !row.Contains("bad", StringComparison.Ordinal))];
        Assert.That((summary.CleanSampleCount, string.Join('\n', Rows(CleanPath))), Is.EqualTo((10L, string.Join('\n', expected))));
    }

    [Test]
    public async Task Files_of_different_columns_are_no_one_file()
    {
        string other = Path.Combine(_bench.Folder, "n.parquet");
        Write(other, [Text("image")], [[new[] { "a.png" }]]);
        DryRun Run() => new(new ParquetManifest("both", [ManifestPath, other]), _bench.Decoder, _bench.Options);

        DryRunSummary summary = await Run().RunAsync();

        Assert.That((summary.CleanSampleCount, summary.Settings.CleanManifest, File.Exists(CleanPath)), Is.EqualTo((7L, (string?)null, false)));
        _bench.Options = _bench.Options with { CleanManifest = CleanPath };
        await Assert.ThatAsync(() => Run().RunAsync(), Throws.InstanceOf<OutputException>().With.Message.EqualTo(
            $"{CleanPath} cannot be written: the columns of {other} are others than those of {ManifestPath}. "
            + "Leave out the rows that excluded.jsonl names instead (--exclude)"));
    }

    [Test]
    public async Task No_clean_row_is_a_file_without_rows()
    {
        Write(ManifestPath, [Text("image")], [[new[] { "bad1.png" }]]);

        await RunAsync();

        Assert.That(Rows(CleanPath), Is.Empty);
        using var clean = new ParquetFileReader(CleanPath);
        Assert.That((clean.FileMetaData.NumRows, clean.FileMetaData.Schema.NumColumns), Is.EqualTo((0L, 1)));
    }

    private static void WriteManifest(string path, Compression codec = Compression.Zstd)
    {
        int[][] groups = [[0, 1, 2, 3], [4, 5], [6, 7], [8, 9]];
        Write(
            path,
            [Text("image"), List("tags", Text("element")), Struct("nested", Number("n"), Bytes("raw")), Number("id")],
            [.. groups.Select(rows => new Array[]
            {
                rows.Select(row => Names[row]).ToArray(),
                rows.Select(row => row % 3 == 0 ? null : Enumerable.Range(0, row).Select(i => i == 1 ? null : $"t{i}").ToArray()).ToArray(),
                rows.Select(row => row % 4 == 3 ? (Nested<long?>?)null : new Nested<long?>(row % 2 == 0 ? row : null)).ToArray(),
                rows.Select(row => row % 4 == 3 ? (Nested<byte[]?>?)null : new Nested<byte[]?>(row % 2 == 1 ? [(byte)row] : null)).ToArray(),
                rows.Select(row => (long?)row).ToArray(),
            })],
            codec,
            new Dictionary<string, string> { ["huggingface"] = "{\"info\":{}}", ["other"] = "ä" });
    }

    /// <summary>Every value of every row, as this library reads it.</summary>
    private static string[] Rows(string path)
    {
        using var file = ParquetFile.Open(path, File.OpenRead);
        (SchemaField, RowKey)[] fields = [.. file.Fields.Select(field => (field, RowKey.Field))];
        var rows = new List<string>();
        foreach (RowGroupFacts group in file.Groups)
        {
            using RowGroupReader reader = file.Reader.RowGroup(group.Number);
            var leaves = fields.SelectMany(field => field.Item1.Columns).ToDictionary(column => column, column => LeafColumnCursor.Of(reader.Column(column)));
            var assembler = new RowAssembler(fields, leaves, int.MaxValue);
            for (long row = 0; row < group.Rows; row++)
            {
                rows.Add(System.Text.Encoding.UTF8.GetString(assembler.Make(row)));
            }

            foreach (LeafColumnCursor leaf in leaves.Values)
            {
                leaf.Dispose();
            }
        }

        return [.. rows];
    }

    private Task<DryRunSummary> RunAsync(bool fresh = false, CancellationToken cancellation = default) =>
        new DryRun(new ParquetManifest(ManifestPath), _bench.Decoder, _bench.Options with { Fresh = fresh }).RunAsync(cancellation);
}
