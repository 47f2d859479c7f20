using System.Globalization;
using System.Text.Json;

using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>
/// The folder that a dry run writes to, held by one run at a time, from its opening to its end: the files of its findings, and the checkpoint that an
/// interrupted run leaves.
/// </summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly OutputPaths _paths;
    private readonly FileStream _lock;
    private bool _isCopied;

    private OutputFolder(OutputPaths paths, FileStream held, EarlierRun earlier, Journal journal, JournalFindings journalFindings, FindingFiles files)
    {
        _paths = paths;
        _lock = held;
        Earlier = earlier;
        Journal = journal;
        JournalFindings = journalFindings;
        Files = files;
    }

    /// <summary>What the run goes on with.</summary>
    public EarlierRun Earlier { get; }

    /// <summary>The files of findings, open to append to.</summary>
    public FindingFiles Files { get; }

    /// <summary>Verdicts as they are come to.</summary>
    public Journal Journal { get; }

    /// <summary>What an interrupted run has in its journal of rows that it had not recorded.</summary>
    public JournalFindings JournalFindings { get; }

    /// <summary>Path of the bad clips and lines.</summary>
    public string FaultsPath => _paths.Faults;

    /// <summary>Locks the folder, makes sure that nothing of the user's is overwritten, and opens the files at the length with which the run begins.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="source">The manifest.</param>
    /// <param name="shard">Which share of it is read; null for all.</param>
    /// <param name="manifest">Which manifest the run reads; null where it cannot be read a second time, as a pipe.</param>
    /// <param name="files">Its files, where it is several; otherwise null.</param>
    /// <param name="settings">The settings in force.</param>
    /// <exception cref="OutputException">The folder cannot be used.</exception>
    public static OutputFolder Open(
        DryRunOptions options,
        IManifest source,
        ShardNumber? shard,
        ManifestIdentity? manifest,
        IReadOnlyList<SourceFile>? files,
        VerdictSettings settings)
    {
        string folder = Path.GetFullPath(options.OutputFolder);
        var paths = new OutputPaths(folder, settings.CleanManifest);
        bool asksSecond = settings.Also is not null;
        FileStream held = FolderLock.Take(folder);
        Journal? journal = null;
        try
        {
            paths.RefuseToOverwrite(source.Sources);
            var earlier = EarlierRun.Find(paths, options.Fresh, source.Name, shard, manifest, files, settings);
            earlier.MakeRoom(asksSecond);
            journal = Journal.Open(paths.Journal, settings, files, earlier.JournalAfter, out JournalFindings found);
            earlier.KeepBefore();
            return new OutputFolder(paths, held, earlier, journal, found, new FindingFiles(paths, earlier.Continued, asksSecond));
        }
        catch
        {
            journal?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Writes a checkpoint, after everything that it stands for is on disk.</summary>
    public void Save(Checkpoint checkpoint)
    {
        Journal.FlushToDisk();
        Files.FlushToDisk();
        Write(checkpoint);
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
        string path = OutputPaths.Copy(_paths.Clean!);
        try
        {
            Files.Clean!.FlushToDisk();
            var copy = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
            await using (copy.ConfigureAwait(false))
            {
                IEnumerable<long> lines = File.ReadLines(OutputPaths.Partial(_paths.Clean!))
                    .Select(static line => long.Parse(line, CultureInfo.InvariantCulture));
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
        Files.FlushToDisk();
        FaultsCsv.Write(_paths.Faults, _paths.FaultsCsv);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(summary, RecordLayout.Readable.DryRunSummary);
        AtomicFile.Write(_paths.Summary, [.. json, (byte)'\n']);
        if (summary.Cancelled)
        {
            return;
        }

        foreach (string list in _paths.Lists)
        {
            if (list == _paths.Clean && _isCopied)
            {
                File.Move(OutputPaths.Copy(list), list, overwrite: true);
                File.Delete(OutputPaths.Partial(list));
                continue;
            }

            File.Move(OutputPaths.Partial(list), list, overwrite: true);
        }

        if (unsettled is not null)
        {
            Write(unsettled);
        }
        else
        {
            File.Delete(_paths.Unfinished);
            File.Delete(_paths.Unsettled);
        }

        if (!isShard)
        {
            File.Delete(_paths.Seen);
        }

        File.Delete(_paths.Journal);
        Earlier.DeleteBefore();
    }

    /// <summary>Marks the folder as that of a share which is whole.</summary>
    /// <param name="record">What a merge has to know; the files' lengths are added.</param>
    public void EndShard(ShardRecord record)
    {
        record = record with
        {
            FileBytes = _paths.Findings.Where(File.Exists).ToDictionary(static path => Path.GetFileName(path), static path => new FileInfo(path).Length),
        };
        AtomicFile.Write(_paths.Shard, JsonSerializer.SerializeToUtf8Bytes(record, RecordLayout.Readable.ShardRecord));
    }

    /// <summary>Leaves nothing of the run to go on with: what it found is worth nothing.</summary>
    public void Forget()
    {
        File.Delete(_paths.Unfinished);
        File.Delete(_paths.Journal);
        File.Delete(_paths.Seen);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Files.Dispose();
        Journal.Dispose();
        _lock.Dispose();
    }

    private void Write(Checkpoint checkpoint) =>
        AtomicFile.Write(_paths.Unfinished, JsonSerializer.SerializeToUtf8Bytes(checkpoint, RecordLayout.Readable.Checkpoint));
}
