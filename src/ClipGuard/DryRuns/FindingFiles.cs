using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>The files of findings, open to append to. Not thread-safe: one task records.</summary>
internal sealed class FindingFiles : IDisposable
{
    private readonly List<WholeLineFile> _open = [];

    /// <summary>Opens them at the length with which the run begins.</summary>
    /// <param name="paths">Where they lie.</param>
    /// <param name="continued">The checkpoint of the run that is gone on with; null to begin anew.</param>
    /// <param name="asksSecond">Whether this run asks a second decoder.</param>
    /// <exception cref="OutputException">One cannot be opened, or is shorter than the checkpoint says.</exception>
    public FindingFiles(OutputPaths paths, Checkpoint? continued, bool asksSecond)
    {
        try
        {
            Faults = Open(paths.Faults, continued?.FaultsBytes);
            Unsettled = Open(paths.Unsettled, continued?.UnsettledBytes);
            Clips = Open(paths.Clips, continued?.ClipsBytes);
            Disagreements = asksSecond ? Open(paths.Disagreements, continued?.DisagreementsBytes) : null;
            Clean = paths.Clean is { } clean ? Open(OutputPaths.Partial(clean), continued?.CleanBytes) : null;
            Seen = Open(paths.Seen, continued?.SeenBytes);
            Excluded = Open(OutputPaths.Partial(paths.Excluded), continued?.ExcludedBytes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The bad clips and lines.</summary>
    public WholeLineFile Faults { get; }

    /// <summary>The clips that are nobody's fault.</summary>
    public WholeLineFile Unsettled { get; }

    /// <summary>The clips that decoded.</summary>
    public WholeLineFile Clips { get; }

    /// <summary>The clips that two decoders disagree on; null where there is one decoder.</summary>
    public WholeLineFile? Disagreements { get; }

    /// <summary>The clean rows; null where rows are no text.</summary>
    public WholeLineFile? Clean { get; }

    /// <summary>The rows that are not clean.</summary>
    public WholeLineFile Excluded { get; }

    /// <summary>The clips of recorded rows: <see cref="SeenClipRecord"/>.</summary>
    public WholeLineFile Seen { get; }

    /// <summary>Writes what was gathered.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Flush() => _open.ForEach(static file => file.Flush());

    /// <summary>Writes what was gathered, and waits until the disk has it.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void FlushToDisk() => _open.ForEach(static file => file.FlushToDisk());

    /// <inheritdoc/>
    public void Dispose() => _open.ForEach(static file => file.Dispose());

    private WholeLineFile Open(string path, long? keepBytes)
    {
        var file = WholeLineFile.Open(path, keepBytes ?? 0);
        _open.Add(file);
        return file;
    }
}
