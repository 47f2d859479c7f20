using ClipGuard.Manifests;

namespace ClipGuard.Columnar;

/// <summary>
/// The rows of Parquet files by number. Parquet has no place of a row, only of a row group, which is read from its start on: so some row groups are kept open
/// where they were read last, and the rows that were passed on the way are kept for a while.
/// </summary>
internal sealed class IndexedParquet : IndexedRows
{
    /// <summary>Row groups that are open at a time, each with a page of every column that is read.</summary>
    private const int MaxOpenGroups = 4;

    private readonly IndexedFile[] _files;
    private readonly ManifestOptions _options;
    private readonly Func<string, Stream> _opener;
    private readonly RecentRows _recent = new();
    private readonly Lock _lock = new();
    private readonly List<OpenRowGroup> _open = [];
    private bool _isClosed;

    /// <summary>Reads the footers.</summary>
    public IndexedParquet(
        IReadOnlyList<string> files, ManifestOptions options, Func<string, Stream> open, string fingerprint, CancellationToken cancellation)
    {
        _options = options;
        _opener = open;
        Fingerprint = fingerprint;
        var indexed = new List<IndexedFile>();
        var starts = new List<long>();
        foreach (string path in files)
        {
            cancellation.ThrowIfCancellationRequested();
            using var file = ParquetFile.Open(path, open);
            NeededColumns.Of(file, new ColumnarRowReader(path, options), options);
            starts.AddRange(file.Groups.Where(static group => group.Rows > 0).Select(group => Count + group.FirstRow));
            indexed.Add(new IndexedFile(path, Count, file.Groups, file.Length, files.Count > 1));
            Count += file.RowCount;
        }

        _files = [.. indexed];
        ReadTogether = starts;
    }

    public override long Count { get; }

    public override string Fingerprint { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<long>? ReadTogether { get; }

    public override long FindLine(long line) => line >= 1 && line <= Count ? line - 1 : -1;

    internal override IEnumerable<long> FindRows(ResolvedExclusions exclusion, string source)
    {
        foreach (IndexedFile file in _files)
        {
            foreach (long line in exclusion.In(ManifestFiles.Shown(file.Path)) is { } places ? places.Lines.ToArray() : [])
            {
                if (line >= 1 && line <= file.Groups.Sum(static group => group.Rows))
                {
                    yield return file.FirstRow + line - 1;
                }
            }
        }
    }

    public override ManifestRow Read(long row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)row, (ulong)Count, nameof(row));
        while (true)
        {
            if ((_recent.Find(row) ?? Group(row)?.TryRead(row, _recent)) is { } read)
            {
                return read;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        OpenRowGroup[] open;
        lock (_lock)
        {
            _isClosed = true;
            open = [.. _open];
            _open.Clear();
        }

        foreach (OpenRowGroup group in open)
        {
            group.Dispose();
        }

        base.Dispose(disposing);
    }

    // The open group that has the row nearest before it, or a new one; null where the row was passed meanwhile.
    private OpenRowGroup? Group(long row)
    {
        OpenRowGroup group;
        OpenRowGroup? oldest = null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            OpenRowGroup? nearest = _open.Where(group => group.Reaches(row)).MaxBy(static group => group.Next);
            if (nearest is not null || _recent.Find(row) is not null)
            {
                return nearest;
            }

            int file = Array.FindLastIndex(_files, file => file.FirstRow <= row && file.Groups.Count > 0);
            RowGroupFacts facts = _files[file].Groups.Last(group => group.Rows > 0 && _files[file].FirstRow + group.FirstRow <= row);
            group = new OpenRowGroup(_files[file], facts, _options, _opener);
            _open.Add(group);
            if (_open.Count > MaxOpenGroups)
            {
                oldest = _open[0];
                _open.RemoveAt(0);
            }
        }

        oldest?.Dispose();
        return group;
    }
}
