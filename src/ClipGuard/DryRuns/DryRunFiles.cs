using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>The files that a dry run writes into its output folder.</summary>
public static class DryRunFiles
{
    /// <summary>Path of the bad clips and lines, one JSON object a line, in manifest order.</summary>
    /// <param name="folder">The output folder.</param>
    public static string Faults(string folder) => Path.Combine(Path.GetFullPath(folder), OutputPaths.FaultsName);

    /// <summary>Path of the clean rows, where <see cref="DryRunOptions.CleanManifest"/> does not say otherwise.</summary>
    /// <param name="folder">The output folder.</param>
    /// <param name="extension">Of the manifest's kind: <c>.jsonl</c> (the default), or <c>.csv</c> and <c>.tsv</c> for tables.</param>
    public static string Clean(string folder, string extension = ".jsonl") => Path.Combine(Path.GetFullPath(folder), OutputPaths.CleanName + extension);

    /// <summary>
    /// Path of the rows that training has to leave out, one <see cref="Manifests.ExcludedRow"/> a line, in manifest order: all that are not clean.
    /// </summary>
    /// <param name="folder">The output folder.</param>
    public static string Excluded(string folder) => Path.Combine(Path.GetFullPath(folder), OutputPaths.ExcludedName);

    /// <summary>
    /// Path of the clips that nobody knows the truth of, one JSON object a line, in manifest order; there is no such file where there are none.
    /// </summary>
    /// <param name="folder">The output folder.</param>
    public static string Unsettled(string folder) => Path.Combine(Path.GetFullPath(folder), OutputPaths.UnsettledName);

    /// <summary>Path of the clips that decoded with what is known of each, one <see cref="DecodedClipRecord"/> a line, in manifest order.</summary>
    /// <param name="folder">The output folder.</param>
    public static string Clips(string folder) => Path.Combine(Path.GetFullPath(folder), OutputPaths.ClipsName);

    /// <summary>
    /// Path of the clips that a second decoder decoded to something else, one <see cref="Disagreement"/> a line, in manifest order; there is no such file where
    /// none was asked.
    /// </summary>
    /// <param name="folder">The output folder.</param>
    public static string Disagreements(string folder) => Path.Combine(Path.GetFullPath(folder), OutputPaths.DisagreementsName);

    /// <summary>Path of the bad clips and lines as a table, which has the most important of what is in <see cref="Faults"/>.</summary>
    /// <param name="folder">The output folder.</param>
    public static string FaultsCsv(string folder) => Path.Combine(Path.GetFullPath(folder), OutputPaths.FaultTableName);

    /// <summary>Path of the verdicts in the order in which they were come to. It is there only while a run is not whole.</summary>
    /// <param name="folder">The output folder.</param>
    public static string Journal(string folder) => Path.Combine(Path.GetFullPath(folder), OutputPaths.JournalName);

    /// <summary>Path of the <see cref="DryRunSummary"/>.</summary>
    /// <param name="folder">The output folder.</param>
    public static string Summary(string folder) => Path.Combine(Path.GetFullPath(folder), OutputPaths.SummaryName);

    /// <summary>Path of what says where an interrupted run goes on. It is there only while a run is not whole.</summary>
    /// <param name="folder">The output folder.</param>
    public static string Unfinished(string folder) => Path.Combine(Path.GetFullPath(folder), OutputPaths.UnfinishedName);

    /// <summary>Path of what a merge has to know of a share of a manifest. It is there once the share is whole.</summary>
    /// <param name="folder">The share's folder.</param>
    public static string Shard(string folder) => Path.Combine(Path.GetFullPath(folder), OutputPaths.ShardName);

    /// <summary>Makes the output folder where it does not exist, and makes sure that a run could use it: for hosts that want to know early.</summary>
    /// <param name="folder">The output folder.</param>
    /// <exception cref="OutputException">It cannot be made or written to, or another run is using it.</exception>
    public static void Prepare(string folder) => FolderLock.Take(Path.GetFullPath(folder)).Dispose();

    /// <summary>Reads <c>faults.jsonl</c>, line by line as it is asked for.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="JsonException">A line is no such record.</exception>
    public static IEnumerable<FaultRecord> ReadFaults(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            using var document = JsonDocument.Parse(line);
            FaultRecord? record = document.RootElement.TryGetProperty("clip", out _)
                ? document.Deserialize(RecordLayout.Lines.ClipFaultRecord)
                : document.Deserialize(RecordLayout.Lines.BadLineRecord);
            yield return record ?? throw new JsonException($"{path} holds a line that is no record.");
        }
    }

    /// <summary>Reads <c>disagreements.jsonl</c>, line by line as it is asked for.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="JsonException">A line is no such record.</exception>
    public static IEnumerable<Disagreement> ReadDisagreements(string path) => ReadLines(path, RecordLayout.Lines.Disagreement);

    /// <summary>Reads <c>clips.jsonl</c>, line by line as it is asked for.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="JsonException">A line is no such record.</exception>
    public static IEnumerable<DecodedClipRecord> ReadClips(string path) => ReadLines(path, RecordLayout.Lines.DecodedClipRecord);

    /// <summary>Reads <c>unsettled.jsonl</c>, line by line as it is asked for.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="JsonException">A line is no such record.</exception>
    public static IEnumerable<UnsettledRecord> ReadUnsettled(string path) => ReadLines(path, RecordLayout.Lines.UnsettledRecord);

    /// <summary>Reads <c>summary.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="JsonException">It is no summary.</exception>
    public static DryRunSummary ReadSummary(string path) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordLayout.Readable.DryRunSummary) ?? throw new JsonException($"{path} holds no summary.");

    private static IEnumerable<T> ReadLines<T>(string path, JsonTypeInfo<T> layout)
        where T : class =>
        File.ReadLines(path).Select(line => JsonSerializer.Deserialize(line, layout) ?? throw new JsonException($"{path} holds a line that is no record."));
}
