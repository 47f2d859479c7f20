using ClipGuard.Manifests.Sharding;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns.Merging;

/// <summary>All shards of one manifest, each whole, and all of one kind.</summary>
internal static class ShardSet
{
    private const int Named = 10;

    /// <summary>The shards below a folder, by their numbers.</summary>
    /// <param name="folder">What the runs were given as their output folder.</param>
    /// <exception cref="OutputException">Some are missing, unfinished, or do not belong together; the message names them.</exception>
    public static IReadOnlyList<FinishedShard> Find(string folder)
    {
        (ShardNumber Number, string Folder)[] found =
        [
            .. Folders(folder)
                .Select(static path => (Number: ShardNumber.OfFolder(Path.GetFileName(path)), Folder: path))
                .Where(static shard => shard.Number is not null)
                .Select(static shard => (shard.Number!.Value, shard.Folder))
                .OrderBy(static shard => shard.Value.Count).ThenBy(static shard => shard.Value.Index),
        ];
        if (found.Length == 0)
        {
            throw new OutputException($"{folder} has no shards to merge: no folder such as shard-0000-of-0016, which dry-run --shard makes");
        }

        int count = found[0].Number.Count;
        if (found[^1].Number.Count != count)
        {
            throw new OutputException(
                $"{folder} has shards of a manifest cut into {count} and of one cut into {found[^1].Number.Count} "
                + $"({Path.GetFileName(found[0].Folder)}, {Path.GetFileName(found[^1].Folder)}): remove those that do not belong here");
        }

        FinishedShard?[] read = [.. found.Select(static shard => FinishedShard.Read(shard.Folder))];
        string[] unfinished = [.. found.Where((_, i) => read[i] is null).Select(static shard => $"{shard.Number}")];
        string[] missing = [.. Enumerable.Range(0, count).Except(found.Select(static shard => shard.Number.Index)).Select(index => $"{index}/{count}")];
        if (missing.Length + unfinished.Length > 0)
        {
            throw new OutputException(
                $"not all shards in {folder} are done: "
                + string.Join("; ", new[] { Say(missing, "missing"), Say(unfinished, "unfinished") }.OfType<string>())
                + ". Run them with --shard, and merge again");
        }

        FinishedShard[] shards = [.. read.OfType<FinishedShard>()];
        string[] different = [.. shards.Skip(1).Select(shard => Difference(shards[0], shard)).OfType<string>()];
        return different.Length == 0 ? shards : throw new OutputException(
            $"the shards in {folder} do not belong together, compared with {shards[0].Name}: {string.Join("; ", different.Take(Named))}"
            + $"{More(different.Length)}. Run those that differ again (--fresh)");
    }

    private static string? Difference(FinishedShard first, FinishedShard other)
    {
        static VerdictSettings Compared(FinishedShard shard) => shard.Record.Settings with { CleanManifest = null };
        string[] differences =
        [
            .. new[] { ShardManifest.Difference(first.Record.Manifest, other.Record.Manifest) }.OfType<string>(),
            .. VerdictSettings.Differences(Compared(first), Compared(other)),
        ];
        return differences.Length == 0 ? null : $"of {other.Name} {string.Join(", ", differences)}";
    }

    private static string? Say(string[] shards, string what) =>
        shards.Length == 0 ? null : $"{string.Join(", ", shards.Take(Named))}{More(shards.Length)} {(shards.Length == 1 ? "is" : "are")} {what}";

    private static string More(int count) => count > Named ? $" and {count - Named} more" : string.Empty;

    private static string[] Folders(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetDirectories(folder) : throw new OutputException($"there is no folder {folder}");
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.ForFolder(folder, error);
        }
    }
}
