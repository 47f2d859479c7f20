using System.Text.Json;

using ClipGuard.Runs;

namespace ClipGuard.DryRuns.Merging;

/// <summary>
/// Makes of what the runs of all shards of a manifest have found what one run of the whole manifest would have written: the clean rows byte for byte, the
/// records with the lines of the whole manifest, the counts. It goes through the files once and keeps none of them in memory.
/// </summary>
public static class DryRunMerge
{
    /// <summary>Merges the shards below a folder into it.</summary>
    /// <param name="folder">What the runs were given as their output folder: <c>shard-0000-of-0016</c> and the others are in it.</param>
    /// <param name="cleanManifest">
    /// The file for the clean rows; null (the default) is <c>clean.jsonl</c>, or what the manifest's kind has, in that folder.
    /// </param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>; what an earlier merge has left stays then.</param>
    /// <returns>The counts of all shards together; times are those of all shards, one after the other.</returns>
    /// <exception cref="OutputException">
    /// A shard is missing, unfinished or in use, or the shards do not belong together: they were run with other settings, another version or another manifest
    /// than the others, or the manifest has changed since. The message names them. Or a file cannot be read or written.
    /// </exception>
    public static Task<DryRunSummary> MergeAsync(string folder, string? cleanManifest = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Task.Run(() => RunAsync(Path.GetFullPath(folder), cleanManifest, cancellation), cancellation);
    }

    private static async Task<DryRunSummary> RunAsync(string folder, string? cleanManifest, CancellationToken cancellation)
    {
        IReadOnlyList<FinishedShard> shards = ShardSet.Find(folder);
        using FileStream held = FolderLock.Take(folder);
        if (File.Exists(Path.Combine(folder, OutputPaths.UnfinishedName)))
        {
            throw new OutputException($"{folder} holds a run of a whole manifest that did not end, beside its shards: choose another folder for one of them");
        }

        RefuseChanged(shards[0].Record.Manifest);
        long[] linesBefore = LinesBefore(shards);
        string? cleanPath = shards[0].CleanName is { } own ? Path.GetFullPath(cleanManifest ?? Path.Combine(folder, own)) : null;
        CleanCopy? copy = shards[0].HasLinesAlone
            ? await CleanCopy.OpenAsync(shards[0].Record.Manifest, cleanPath!, cancellation).ConfigureAwait(false)
            : null;
        DryRunSummary summary = ShardTotals.Of(shards, linesBefore, cleanPath);
        using var merged = new MergedFolder(folder, shards, cleanPath, copy);
        for (int shard = 0; shard < shards.Count; shard++)
        {
            cancellation.ThrowIfCancellationRequested();
            using FileStream unchanging = FolderLock.Take(shards[shard].Folder);
            merged.Add(shards[shard], linesBefore[shard]);
        }

        cancellation.ThrowIfCancellationRequested();
        await merged.CopyCleanRowsAsync(cancellation).ConfigureAwait(false);
        merged.Finish(JsonSerializer.SerializeToUtf8Bytes(summary, RecordLayout.Readable.DryRunSummary));
        return summary;
    }

    // Lines of the whole manifest before each shard; none where its records have the manifest's lines already.
    private static long[] LinesBefore(IReadOnlyList<FinishedShard> shards)
    {
        long[] before = new long[shards.Count];
        for (int shard = 1; shard < shards.Count; shard++)
        {
            before[shard] = before[shard - 1] + (shards[shard - 1].Record.Lines ?? 0);
        }

        return before;
    }

    // Where it cannot be seen from here, what the shards agree on has to do.
    private static void RefuseChanged(ShardManifest manifest)
    {
        if (manifest.File is { } file && ManifestIdentity.Of(file.Path) is { } now && now != file)
        {
            string change = ShardManifest.Difference(manifest, manifest with { File = now })!;
            throw new OutputException(
                $"{manifest.Name} has changed since its shards were run, and lines would be those of other rows: {change}. Run all shards again (--fresh)");
        }
    }
}
