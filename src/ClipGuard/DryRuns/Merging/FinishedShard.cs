using System.Text.Json;

using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns.Merging;

/// <summary>A shard's folder whose run is whole.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Record">What its run left for a merge.</param>
/// <param name="Summary">Its counts.</param>
internal sealed record FinishedShard(string Folder, ShardRecord Record, DryRunSummary Summary)
{
    /// <summary>The folder's name.</summary>
    public string Name => Path.GetFileName(Folder);

    /// <summary>Its clean rows; null where rows are no text.</summary>
    public string? CleanPath => Summary.Settings.CleanManifest is { } clean ? FileOf(Path.GetFileName(clean)) : null;

    /// <summary>Whether of clean rows there are only the lines, since they are no text: <see cref="CleanCopy"/>.</summary>
    public bool HasLinesAlone => CleanPath?.EndsWith(TextFormat.LinesSuffix, StringComparison.Ordinal) == true;

    /// <summary>Name of the file for the clean rows of all shards; null where there can be none.</summary>
    public string? CleanName => HasLinesAlone ? Path.GetFileNameWithoutExtension(CleanPath) : Path.GetFileName(CleanPath);

    /// <summary>Path of one of its files.</summary>
    public string FileOf(string name) => Path.Combine(Folder, name);

    /// <summary>Reads what a run of a shard left.</summary>
    /// <param name="folder">The shard's folder.</param>
    /// <returns>Null where the run is not whole.</returns>
    /// <exception cref="OutputException">It cannot be read, or is not as the run left it.</exception>
    public static FinishedShard? Read(string folder)
    {
        if (ShardRecord.Read(Path.Combine(folder, OutputPaths.ShardName)) is not { } record)
        {
            return null;
        }

        string path = Path.Combine(folder, OutputPaths.SummaryName);
        try
        {
            DryRunSummary summary = JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordLayout.Readable.DryRunSummary)!;
            var shard = new FinishedShard(folder, record, summary);
            shard.CheckFiles();
            return shard.Record.Shard == ShardNumber.OfFolder(shard.Name) ? shard
                : throw new OutputException($"{folder} holds shard {record.Shard}, which is not what its name says");
        }
        catch (Exception error) when (error is JsonException || OutputException.IsFileError(error))
        {
            throw new OutputException($"{path} cannot be read ({error.Message}): run shard {record.Shard} again (--fresh)", error);
        }
    }

    /// <summary>Looks whether all is as the run left it.</summary>
    /// <exception cref="OutputException">It is not.</exception>
    public void CheckFiles()
    {
        if (!File.Exists(FileOf(OutputPaths.ShardName)))
        {
            throw new OutputException($"shard {Record.Shard} has begun to run again: merge once it has ended");
        }

        foreach ((string name, long bytes) in Record.FileBytes)
        {
            var file = new FileInfo(FileOf(name));
            if (!file.Exists || file.Length != bytes)
            {
                string now = file.Exists ? $"has {file.Length} bytes" : "is gone";
                throw new OutputException($"{file.FullName} {now} and had {bytes} when its run ended: run shard {Record.Shard} again (--fresh)");
            }
        }
    }
}
