using ClipGuard.Manifests;

namespace ClipGuard.Columnar;

/// <summary>A file of an indexed manifest.</summary>
/// <param name="Path">The file.</param>
/// <param name="FirstRow">Rows of the manifest before it.</param>
/// <param name="Groups">Its row groups.</param>
/// <param name="Length">Its bytes when it was indexed.</param>
/// <param name="IsOneOfSeveral">Whether the manifest has more files.</param>
internal sealed record IndexedFile(string Path, long FirstRow, IReadOnlyList<RowGroupFacts> Groups, long Length, bool IsOneOfSeveral);

/// <summary>A row group of an indexed manifest that is kept open where it was read last, once it is read at all. Any thread.</summary>
/// <param name="indexed">Its file.</param>
/// <param name="group">The row group.</param>
/// <param name="options">How rows are read.</param>
/// <param name="open">Opens the file.</param>
internal sealed class OpenRowGroup(IndexedFile indexed, RowGroupFacts group, ManifestOptions options, Func<string, Stream> open) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly long _firstRow = indexed.FirstRow + group.FirstRow;
    private ParquetFile? _file;
    private RowGroupRows? _rows;
    private long _passed;
    private bool _isClosed;

    /// <summary>The row of the manifest that comes next.</summary>
    public long Next => _firstRow + Volatile.Read(ref _passed);

    /// <summary>Whether a row is in this group and still ahead.</summary>
    public bool Reaches(long row) => row >= Next && row < _firstRow + group.Rows;

    /// <summary>Reads a row, and those before it, which are kept.</summary>
    /// <returns>Null where the row is not ahead any more, or this was closed.</returns>
    /// <exception cref="ManifestException">The file has changed since it was indexed, or cannot be read.</exception>
    public ManifestRow? TryRead(long row, RecentRows recent)
    {
        lock (_lock)
        {
            if (_isClosed || !Reaches(row))
            {
                return null;
            }

            RowGroupRows rows = _rows ??= Open();
            ManifestRow? read = null;

            // Far rows are jumped to: what lies between would only push out what is kept.
            for (long at = row - Next > RecentRows.MaxRows ? row : Next; at <= row; at++)
            {
                read = rows.Read(at - _firstRow);
                recent.Add(at, read);
                Volatile.Write(ref _passed, at + 1 - _firstRow);
            }

            return read;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _rows?.Dispose();
            _file?.Dispose();
        }
    }

    private RowGroupRows Open()
    {
        _file ??= ParquetFile.Open(indexed.Path, open);
        if (_file.Length != indexed.Length || !_file.Groups.SequenceEqual(indexed.Groups))
        {
            throw new ManifestException($"The manifest {indexed.Path} has changed since it was indexed; start again with the new one.");
        }

        var reader = new ColumnarRowReader(indexed.Path, options);
        return new RowGroupRows(
            _file, group, NeededColumns.Of(_file, reader, options), reader, indexed.FirstRow, indexed.IsOneOfSeveral, options.MaxLineBytes);
    }
}
