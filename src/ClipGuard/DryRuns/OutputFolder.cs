using System.Globalization;
using System.Text.Json;

using ClipGuard.Manifests;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>The folder that a dry run writes to, held by one run at a time: the files of its findings, and the checkpoint of an interrupted run.</summary>
internal sealed partial class OutputFolder : IDisposable
{
    public const string FaultsName = "faults.jsonl";
    public const string CleanName = "clean";
    public const string ExcludedName = "excluded.jsonl";
    public const string UnsettledName = "unsettled.jsonl";
    public const string ClipsName = "clips.jsonl";
    public const string DisagreementsName = "disagreements.jsonl";
    public const string FaultTableName = "faults.csv";
    public const string SummaryName = "summary.json";
    public const string UnfinishedName = "unfinished.json";
    public const string JournalName = "journal.jsonl";
    public const string ShardName = "shard.json";
    public const string SeenName = "clips.seen";
    private const string BeforeSuffix = ".before";
    private const string PartialSuffix = ".partial";
    private const string CopySuffix = ".copy";

    private readonly FileStream _lock;
    private bool _isCopied;
    private readonly string _unfinishedPath;
    private readonly string _journalPath;
    private readonly string _shardPath;

    private OutputFolder(string folder, string? cleanPath, FileStream held)
    {
        _lock = held;
        FaultsPath = Path.Combine(folder, FaultsName);
        CleanPath = cleanPath;
        ExcludedPath = Path.Combine(folder, ExcludedName);
        UnsettledPath = Path.Combine(folder, UnsettledName);
        SeenPath = Path.Combine(folder, SeenName);
        ClipsPath = Path.Combine(folder, ClipsName);
        DisagreementsPath = Path.Combine(folder, DisagreementsName);
        FaultTablePath = Path.Combine(folder, FaultTableName);
        SummaryPath = Path.Combine(folder, SummaryName);
        _unfinishedPath = Path.Combine(folder, UnfinishedName);
        _journalPath = Path.Combine(folder, JournalName);
        _shardPath = Path.Combine(folder, ShardName);
    }

    public string FaultsPath { get; }

    /// <summary>Where clean rows go; null where rows are no text.</summary>
    public string? CleanPath { get; }

    public string ExcludedPath { get; }

    public string UnsettledPath { get; }

    public string ClipsPath { get; }

    public string DisagreementsPath { get; }

    public string FaultTablePath { get; }

    public string SummaryPath { get; }

    public string SeenPath { get; }

    /// <summary>The lists that say of every row whether to train on it: each is gathered beside, and bears its name once it is whole.</summary>
    private IEnumerable<string> Lists => new[] { CleanPath, ExcludedPath }.OfType<string>();

    /// <summary>The bad clips and lines, open to append to.</summary>
    public WholeLineFile Faults { get; private set; } = null!;

    /// <summary>The clips that are nobody's fault, open to append to.</summary>
    public WholeLineFile Unsettled { get; private set; } = null!;

    /// <summary>The clips that decoded, open to append to.</summary>
    public WholeLineFile Clips { get; private set; } = null!;

    /// <summary>The clips that two decoders disagree on, open to append to; null where there is one decoder.</summary>
    public WholeLineFile? Disagreements { get; private set; }

    /// <summary>The clean rows, open to append to; null where rows are no text.</summary>
    public WholeLineFile? Clean { get; private set; }

    /// <summary>The rows that are not clean, open to append to.</summary>
    public WholeLineFile Excluded { get; private set; } = null!;

    /// <summary>The clips of recorded rows, open to append to: <see cref="SeenClip"/>.</summary>
    public WholeLineFile Seen { get; private set; } = null!;

    /// <summary>Verdicts as they are come to.</summary>
    public Journal Journal { get; private set; } = null!;

    /// <summary>What an interrupted run has in its journal of rows that it had not recorded.</summary>
    public JournalFindings JournalFindings { get; private set; } = null!;

    /// <summary>Locks the folder, makes sure that nothing of the user's is overwritten, and opens the files at the length with which the run begins.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="source">The manifest.</param>
    /// <param name="manifest">Which manifest the run reads; null where it cannot be read a second time, as a pipe.</param>
    /// <param name="files">Its files, where it is several; otherwise null.</param>
    /// <param name="settings">The settings in force.</param>
    /// <param name="resumed">The checkpoint of an interrupted run; null for a new one.</param>
    /// <exception cref="OutputException">The folder cannot be used.</exception>
    public static OutputFolder Open(
        DryRunOptions options,
        IManifest source,
        ManifestIdentity? manifest,
        IReadOnlyList<SourceFile>? files,
        VerdictSettings settings,
        out Checkpoint? resumed)
    {
        string path = Path.GetFullPath(options.OutputFolder);
        var folder = new OutputFolder(path, settings.CleanManifest, FolderLock.Take(path));
        try
        {
            folder.RefuseToOverwrite(source.Sources);
            resumed = options.Fresh ? null : folder.FindUnfinished(manifest, files, settings);
            folder.Begin(resumed, files, settings);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Writes a checkpoint, after everything that it stands for is on disk.</summary>
    public void Save(Checkpoint checkpoint)
    {
        Journal.FlushToDisk();
        Faults.FlushToDisk();
        Unsettled.FlushToDisk();
        Clips.FlushToDisk();
        Disagreements?.FlushToDisk();
        Clean?.FlushToDisk();
        Excluded.FlushToDisk();
        Seen.FlushToDisk();
        AtomicFile.Write(_unfinishedPath, JsonSerializer.SerializeToUtf8Bytes(checkpoint, RecordLayout.Readable.Checkpoint));
    }

    /// <summary>
    /// Where clean rows are no text, only their lines were gathered: now that all of them are known, writes their file in one pass over the manifest. It bears
    /// its name at the run's end. Where this is interrupted or fails, the next run has nothing to decode and does it again.
    /// </summary>
    /// <param name="manifest">What copies the rows.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <returns>False where it was ended.</returns>
    /// <exception cref="OutputException">The file cannot be written.</exception>
    public async Task<bool> TryCopyCleanRowsAsync(ICopyableManifest manifest, CancellationToken cancellation)
    {
        string path = CleanPath + CopySuffix;
        try
        {
            Clean!.FlushToDisk();
            var copy = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
            await using (copy.ConfigureAwait(false))
            {
                IEnumerable<long> lines = File.ReadLines(CleanPath + PartialSuffix).Select(static line => long.Parse(line, CultureInfo.InvariantCulture));
                await manifest.CopyRowsAsync(lines, copy, cancellation).ConfigureAwait(false);
                copy.Flush(flushToDisk: true);
            }

            _isCopied = true;
            return true;
        }
        catch (OperationCanceledException)
        {
            File.Delete(path);
            return false;
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.For(path, error);
        }
    }

    /// <summary>Ends the run: flushes, writes the summary and, where the run reached its end, deletes the checkpoint.</summary>
    /// <param name="summary">The run's summary.</param>
    /// <param name="unsettled">Where the run reached its end and left clips unsettled, the checkpoint for a run that tries these alone; otherwise null.</param>
    /// <param name="isShard">Whether a merge has to know which clips were seen.</param>
    public void End(DryRunSummary summary, Checkpoint? unsettled, bool isShard)
    {
        Faults.FlushToDisk();
        Unsettled.FlushToDisk();
        Clips.FlushToDisk();
        Disagreements?.FlushToDisk();
        Clean?.FlushToDisk();
        Excluded.FlushToDisk();
        Seen.FlushToDisk();
        FaultTable.Write(FaultsPath, FaultTablePath);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(summary, RecordLayout.Readable.DryRunSummary);
        AtomicFile.Write(SummaryPath, [.. json, (byte)'\n']);
        if (summary.Cancelled)
        {
            return;
        }

        foreach (string list in Lists)
        {
            if (list == CleanPath && _isCopied)
            {
                File.Move(list + CopySuffix, list, overwrite: true);
                File.Delete(list + PartialSuffix);
                continue;
            }

            File.Move(list + PartialSuffix, list, overwrite: true);
        }

        if (unsettled is not null)
        {
            AtomicFile.Write(_unfinishedPath, JsonSerializer.SerializeToUtf8Bytes(unsettled, RecordLayout.Readable.Checkpoint));
        }
        else
        {
            File.Delete(_unfinishedPath);
            File.Delete(UnsettledPath);
        }

        if (!isShard)
        {
            File.Delete(SeenPath);
        }

        File.Delete(_journalPath);
        DeleteBefore();
    }

    /// <summary>Marks the folder as that of a share which is whole.</summary>
    /// <param name="record">What a merge has to know; the files' lengths are added.</param>
    public void EndShard(ShardRecord record)
    {
        string?[] all = [FaultsPath, CleanPath, ExcludedPath, UnsettledPath, ClipsPath, DisagreementsPath, SeenPath];
        string[] files = [.. all.OfType<string>().Where(File.Exists)];
        record = record with { FileBytes = files.ToDictionary(static path => Path.GetFileName(path), static path => new FileInfo(path).Length) };
        AtomicFile.Write(_shardPath, JsonSerializer.SerializeToUtf8Bytes(record, RecordLayout.Readable.ShardRecord));
    }

    /// <summary>Leaves nothing of the run to go on with: what it found is worth nothing.</summary>
    public void Forget()
    {
        File.Delete(_unfinishedPath);
        File.Delete(_journalPath);
        File.Delete(SeenPath);
    }

    /// <summary>What the run before found, where this one tries what it left unsettled.</summary>
    public SettledVerdicts ReadKnownVerdicts() => SettledVerdicts.Read(
        FaultsPath + BeforeSuffix, UnsettledPath + BeforeSuffix, ClipsPath + BeforeSuffix, DisagreementsPath + BeforeSuffix);

    /// <inheritdoc/>
    public void Dispose()
    {
        Faults?.Dispose();
        Unsettled?.Dispose();
        Clips?.Dispose();
        Disagreements?.Dispose();
        Clean?.Dispose();
        Excluded?.Dispose();
        Seen?.Dispose();
        Journal?.Dispose();
        _lock.Dispose();
    }
}
