using System.Text;
using System.Text.Json;

using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Tests.Columnar;

namespace ClipGuard.Tests.Support;

/// <summary>Dry runs of shards, the manifests that they read, and what is compared of what they leave.</summary>
internal static class ShardRuns
{
    public static string FolderOf(string folder, int index, int count) => Path.Combine(folder, new ShardNumber(index, count).FolderName);

    public static async Task RunAsync(DryRunBench bench, string folder, int index, int count)
    {
        bench.Options = bench.Options with { OutputFolder = FolderOf(folder, index, count) };
        IManifest manifest = new JsonLinesManifest(bench.ManifestPath, bench.Options.Manifest);
        using ManifestShard shard = await ManifestShard.OpenAsync(manifest, new ShardNumber(index, count));
        await Start(bench, shard).RunAsync();
    }

    public static DryRun Start(DryRunBench bench, IManifest manifest) => new(manifest, bench.Decoder, bench.Options);

    public static IEnumerable<string> ClipsOf(ManifestShard shard) => shard.ReadRowsAsync().ToBlockingEnumerable().OfType<SampleRow>()
        .SelectMany(static row => row.Sample.Clips)
        .Select(static clip => clip.AsWritten);

    public static string Write(string folder, string kind, string[] rows)
    {
        string path = Path.Combine(folder, kind == "glob" ? "part-*.jsonl" : kind == "tar" ? "*.tar" : $"m.{kind}");
        switch (kind)
        {
            case "json":
                File.WriteAllText(path, $"[\n{string.Join(",\n", rows.Select(static row => row == "no sample" ? "{\"no\": 1}" : row))}\n]\n");
                break;
            case "csv":
                File.WriteAllText(path, "messages,images,note\r\n" + string.Join("\r\n", rows.Select(Cells)));
                break;
            case "glob":
                File.WriteAllLines(Path.Combine(folder, "part-1.jsonl"), rows.Take(rows.Length / 3));
                File.WriteAllText(Path.Combine(folder, "part-2.jsonl"), string.Join('\n', rows.Skip(rows.Length / 3)));
                break;
            case "tar":
                string[] shards = ["a.tar", "bad.tar", "c.tar", "odd.tar", "twice.tar"];
                foreach ((string[] members, string shard) in rows.Chunk((rows.Length / shards.Length) + 1).Zip(shards))
                {
                    byte[][] files = [.. members.Select(static (row, i) => RawTar.File($"{i}.{(row == "no sample" ? "json" : "png")}", row))];
                    File.WriteAllBytes(Path.Combine(folder, shard), [.. files.SelectMany(static file => file), .. RawTar.End]);
                }

                break;
            case "parquet":
                WriteParquet(path, rows);
                break;
            default:
                File.WriteAllText(path, string.Join('\n', rows));
                break;
        }

        return path;
    }

    // A row group for every seven rows, so that there is something to share out.
    public static void WriteParquet(string path, string[] rows)
    {
        JsonElement[] objects = [.. rows.Select(static row => JsonElement.Parse(row == "no sample" ? "{\"messages\":\"no list\",\"images\":[]}" : row))];
        ParquetWriting.Write(
            path,
            [ParquetWriting.Text("messages"), ParquetWriting.List("images", ParquetWriting.Text("element"))],
            [
                .. objects.Chunk(7).Select(static group => new Array[]
                {
                    group.Select(static row => row.GetProperty("messages").GetRawText()).ToArray(),
                    group.Select(static row => row.GetProperty("images").EnumerateArray().Select(static clip => clip.GetString()).ToArray()).ToArray(),
                }),
            ]);
    }

    private static string Cells(string row)
    {
        if (!row.StartsWith('{'))
        {
            return row;
        }

        using var json = JsonDocument.Parse(row);
        static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        return $"{Quoted(json.RootElement.GetProperty("messages").GetRawText())},{Quoted(json.RootElement.GetProperty("images").GetRawText())},\"two\nlines\"";
    }

    // What a run leaves besides its summary, which has times and paths. The scripted decoder's measured figures are always the same.
    // A clip that several shards name, or that was named before an interruption and behind it, has several records; a run of the whole has one.
    public static Dictionary<string, string> Files(string folder)
    {
        Dictionary<string, string> files = AllFiles(folder).Where(static file => file.Key is not ("summary.json" or "unfinished.json")).ToDictionary();
        files["clips.jsonl"] = string.Join('\n', DryRunFiles.ReadClips(DryRunFiles.Clips(folder)).DistinctBy(static one => (one.Path, one.Clip)));
        return files;
    }

    public static Dictionary<string, string> AllFiles(string folder) =>
        Directory.GetFiles(folder).ToDictionary(static path => Path.GetFileName(path), static path => File.ReadAllText(path, Encoding.Latin1));

    public static string Counts(DryRunSummary summary) =>
        $"{summary.SampleCount} {summary.CleanSampleCount} {summary.WarnedSampleCount} {summary.ClipCount} {summary.OkCount} {summary.UnsettledCount} "
        + $"{summary.RepeatedCount} repeated {summary.FromStoreCount} from the store, {summary.LeftOutCount} left out, {summary.NotFoundCount} not found "
        + $"{summary.CleanHasRelativePaths} {summary.Cancelled} {summary.Manifest} {string.Join(',', summary.Faults)} "
        + $"{string.Join(',', summary.Slowest.Select(static clip => clip.Line))}";
}
