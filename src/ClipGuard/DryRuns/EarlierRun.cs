using System.Text.Json;

using ClipGuard.Manifests.Sharding;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>What an earlier run has left in an output folder for this one to go on with, or nothing.</summary>
internal sealed class EarlierRun
{
    private readonly OutputPaths _paths;

    private EarlierRun(OutputPaths paths, Checkpoint? found)
    {
        _paths = paths;
        Continued = found is { IsWhole: false } ? found : null;
        Retried = found is { IsWhole: true } ? found : null;
    }

    /// <summary>The checkpoint of a run that was interrupted, and that this one goes on with; otherwise null.</summary>
    public Checkpoint? Continued { get; }

    /// <summary>The checkpoint of a run that ended and left clips unsettled, which alone are tried now; otherwise null.</summary>
    public Checkpoint? Retried { get; }

    // True where this run begins anew.
    private bool IsNone => Continued is null && Retried is null;

    /// <summary>How long the earlier run took.</summary>
    public TimeSpan Elapsed => (Continued ?? Retried)?.Elapsed ?? TimeSpan.Zero;

    /// <summary>
    /// Line up to which nothing is to be read of the journal; null where a new one begins. What a run that ended has left is not gone through by the number of
    /// its rows, so that all of its journal counts.
    /// </summary>
    public long? JournalAfter => Retried is not null ? 0 : Continued?.Tally.LastLine;

    /// <summary>Looks into the folder.</summary>
    /// <param name="paths">The run's files.</param>
    /// <param name="fresh">Whether to start over, whatever is there.</param>
    /// <param name="name">The name of the manifest that the run reads.</param>
    /// <param name="shard">Which share of it is read; null for all.</param>
    /// <param name="manifest">Which manifest the run reads; null where it cannot be read a second time.</param>
    /// <param name="files">Its files, where it is several; otherwise null.</param>
    /// <param name="settings">The settings in force.</param>
    /// <exception cref="OutputException">
    /// The folder holds a run that did not end, and that cannot be gone on with, or the findings of another manifest or shard.
    /// </exception>
    public static EarlierRun Find(
        OutputPaths paths,
        bool fresh,
        string name,
        ShardNumber? shard,
        ManifestIdentity? manifest,
        IReadOnlyList<SourceFile>? files,
        VerdictSettings settings)
    {
        if (fresh)
        {
            return new EarlierRun(paths, null);
        }

        EarlierRun earlier = FindUnfinished(paths, shard, manifest, files, settings);
        if (earlier.IsNone)
        {
            RefuseOtherRows(paths, name, shard);
        }

        return earlier;
    }

    /// <summary>Deletes what this run does not go on with.</summary>
    /// <param name="asksSecond">Whether this run asks a second decoder.</param>
    /// <exception cref="OutputException">It cannot be deleted, or the clean manifest's place is taken.</exception>
    public void MakeRoom(bool asksSecond)
    {
        try
        {
            if (_paths.Clean is not null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_paths.Clean)!);
            }

            File.Delete(_paths.Summary);
            File.Delete(_paths.FaultsCsv);
            File.Delete(_paths.Shard);
            if (IsNone)
            {
                File.Delete(_paths.Unfinished);
                DeleteBefore();
            }

            if (!asksSecond)
            {
                File.Delete(_paths.Disagreements);
            }

            if (Directory.Exists(_paths.Clean))
            {
                throw new OutputException($"cannot write {_paths.Clean}: it is a folder");
            }

            foreach (string list in Retried is not null ? [] : _paths.Lists)
            {
                File.Delete(list);
            }
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.For(_paths.Summary, error);
        }
    }

    /// <summary>
    /// Keeps the files, under other names, that a run which tries unsettled clips needs of the run before. Where such a run was interrupted, what it wrote
    /// itself is made anew, and what the first one found is kept still.
    /// </summary>
    public void KeepBefore()
    {
        if (Retried is null)
        {
            return;
        }

        foreach (string path in _paths.MadeAnew)
        {
            if (!File.Exists(OutputPaths.Before(path)) && File.Exists(path))
            {
                File.Move(path, OutputPaths.Before(path));
            }
        }
    }

    /// <summary>Deletes what was kept of the run before.</summary>
    public void DeleteBefore()
    {
        foreach (string path in _paths.MadeAnew)
        {
            File.Delete(OutputPaths.Before(path));
        }
    }

    /// <summary>What the run before found, where this one tries what it left unsettled; otherwise null.</summary>
    public SettledVerdicts? ReadSettled() => Retried is null ? null
        : SettledVerdicts.Read(
            OutputPaths.Before(_paths.Faults),
            OutputPaths.Before(_paths.Unsettled),
            OutputPaths.Before(_paths.Clips),
            OutputPaths.Before(_paths.Disagreements));

    /// <summary>The clips of the rows that an interrupted run has recorded.</summary>
    public IEnumerable<SeenClipRecord> ReadSeen() => Continued is { SeenBytes: var bytes } ? SeenClipRecord.Read(_paths.Seen, bytes) : [];

    /// <summary>The counts that this run begins with.</summary>
    public RunTally BeginTally() => Retried is { Tally: var known } ? new RunTally { Slowest = known.Slowest, Agreement = known.Agreement }
        : Continued?.Tally ?? new RunTally();

    private static EarlierRun FindUnfinished(
        OutputPaths paths, ShardNumber? shard, ManifestIdentity? manifest, IReadOnlyList<SourceFile>? files, VerdictSettings settings)
    {
        if (!File.Exists(paths.Unfinished))
        {
            return new EarlierRun(paths, null);
        }

        Checkpoint? found = null;
        try
        {
            found = JsonSerializer.Deserialize(File.ReadAllBytes(paths.Unfinished), RecordLayout.Readable.Checkpoint);
        }
        catch (Exception error) when (error is JsonException || OutputException.IsFileError(error))
        {
            throw new OutputException($"{paths.Unfinished} cannot be read ({error.Message}): start over (--fresh) or choose another folder", error);
        }

        string? change = found is not { Version: Checkpoint.CurrentVersion } ? "it was written by another version of ClipGuard"
            : found.Manifest != manifest ? ManifestIdentity.Difference(found.Manifest, Journal.FilesOf(paths.Journal), manifest, files)
            : found.Shard != shard ? $"it was of {NameOf(found.Shard)}"
            : VerdictSettings.Differences(found.Settings, settings) is { Count: > 0 } differences ? string.Join(", ", differences)
            : null;

        // A run that ended is no loss, nor is one that found nothing: with other settings they start over.
        return change is null ? new EarlierRun(paths, found)
            : IsNoLoss(found, paths) ? new EarlierRun(paths, null)
            : throw new OutputException(
                $"{Path.GetDirectoryName(paths.Unfinished)} holds a run that did not end and cannot go on like this: {change}. "
                + "Run it as it was, start over (--fresh) or choose another folder");
    }

    // A run which ended is not replaced by one of another manifest or shard, whose files would stand among those of the first one. A run of the same is: that
    // is how a run is repeated.
    private static void RefuseOtherRows(OutputPaths paths, string manifest, ShardNumber? shard)
    {
        DryRunSummary? other;
        try
        {
            other = File.Exists(paths.Summary) ? DryRunFiles.ReadSummary(paths.Summary) : null;
        }
        catch (Exception error) when (error is JsonException || OutputException.IsFileError(error))
        {
            // Another version's, or no summary at all: nothing says that other rows were read.
            return;
        }

        // A run that came to no row is no loss.
        if (other is null || (other.Manifest == manifest && other.Shard == shard) || other.SampleCount + other.Faults.Values.Sum() == 0)
        {
            return;
        }

        string rows = other.Manifest == manifest ? NameOf(other.Shard) : other.Manifest;
        throw new OutputException(
            $"{Path.GetDirectoryName(paths.Summary)} holds what a run of {rows} has found: choose another folder, or replace it (--fresh)");
    }

    private static string NameOf(ShardNumber? shard) => shard is { } part ? $"shard {part.Index}/{part.Count}" : "the whole manifest";

    private static bool IsNoLoss(Checkpoint? found, OutputPaths paths) =>
        found is { IsWhole: true } || (found is { Tally.Rows: 0 } && Journal.IsEmpty(paths.Journal));
}
