using ClipGuard.Manifests;
using ClipGuard.Media.Native;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns.Merging;

/// <summary>The files that a merge writes. Until all of them are whole, those of an earlier merge stay as they are.</summary>
internal sealed class MergedFolder : IDisposable
{
    private readonly Dictionary<string, MergedFile> _records = [];
    private readonly string _folder;
    private readonly MergedFile? _clean;
    private readonly CleanCopy? _copy;

    /// <summary>Begins the files.</summary>
    /// <param name="folder">Where they go.</param>
    /// <param name="shards">What they are put together from.</param>
    /// <param name="cleanPath">Where the clean rows go; null where there are none.</param>
    /// <param name="copy">What copies them, where shards have their lines alone; otherwise null.</param>
    /// <exception cref="OutputException">One cannot be written, or would overwrite another file.</exception>
    public MergedFolder(string folder, IReadOnlyList<FinishedShard> shards, string? cleanPath, CleanCopy? copy)
    {
        _folder = folder;
        _copy = copy;
        if (cleanPath is not null)
        {
            IEnumerable<string> sources = copy?.Manifest.Sources ?? [shards[0].Summary.Manifest];
            RefuseToOverwrite(cleanPath, [.. sources, .. RecordFileNames.All.Append(OutputPaths.SummaryName).Select(PathOf)]);
        }

        try
        {
            // A file that no shard has, a run of the whole manifest would not have either.
            foreach (string name in RecordFileNames.All.Where(name => shards.Any(shard => shard.Record.FileBytes.ContainsKey(name))))
            {
                _records.Add(name, new MergedFile(PathOf(name)));
            }

            _clean = cleanPath is null ? null : new MergedFile(cleanPath);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Adds what one shard has found. In the order of the shards.</summary>
    /// <param name="shard">The shard, which nobody else changes meanwhile.</param>
    /// <param name="linesBefore">Lines of the whole manifest before it.</param>
    /// <exception cref="OutputException">Its files are not as its run left them, or cannot be read.</exception>
    public void Add(FinishedShard shard, long linesBefore)
    {
        shard.CheckFiles();
        foreach ((string name, MergedFile merged) in _records)
        {
            if (shard.Record.FileBytes.ContainsKey(name))
            {
                bool isMoved = name != OutputPaths.ExcludedName || shard.Record.CountsLinesOfFiles;
                merged.AddRecords(shard.FileOf(name), isMoved ? linesBefore : 0);
            }
        }

        _clean?.AddRows(shard.CleanPath!, shard.Record.Shard.Index == 0 ? 0 : shard.Record.CleanHeaderBytes);
    }

    /// <summary>Where of clean rows only the lines were added, copies these rows.</summary>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OutputException">The copy cannot be written.</exception>
    /// <exception cref="ManifestException">The manifest cannot be read.</exception>
    public Task CopyCleanRowsAsync(CancellationToken cancellation) => _copy is null ? Task.CompletedTask
        : _clean!.ReplaceAsync((lines, destination) => _copy.RunAsync(lines, destination, cancellation));

    /// <summary>Gives all files their names.</summary>
    /// <param name="summary">The summary, which comes last.</param>
    /// <exception cref="OutputException">One cannot be written.</exception>
    public void Finish(byte[] summary)
    {
        try
        {
            foreach (string name in RecordFileNames.All.Append(OutputPaths.SummaryName).Where(name => !_records.ContainsKey(name)))
            {
                File.Delete(PathOf(name));
            }
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.ForFolder(_folder, error);
        }

        foreach (MergedFile merged in _records.Values)
        {
            merged.Finish();
        }

        _clean?.Finish();
        FaultsCsv.Write(PathOf(OutputPaths.FaultsName), PathOf(OutputPaths.FaultTableName));
        AtomicFile.Write(PathOf(OutputPaths.SummaryName), [.. summary, (byte)'\n']);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MergedFile merged in _records.Values)
        {
            merged.Dispose();
        }

        _clean?.Dispose();
    }

    private static void RefuseToOverwrite(string cleanPath, IReadOnlyList<string> others)
    {
        if (others.FirstOrDefault(path => path == cleanPath || FileFacts.AreSame(path, cleanPath)) is { } clash)
        {
            throw new OutputException($"the clean rows would overwrite {clash}: choose another file for them (--clean)");
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
