using ClipGuard.Manifests;

using ParquetSharp;

namespace ClipGuard.Columnar;

/// <summary>The rows of one row group, forwards from any of them. One thread at a time.</summary>
internal sealed class RowGroupRows : IDisposable
{
    private readonly ParquetFile _file;
    private readonly RowGroupFacts _group;
    private readonly ColumnarRowReader _rows;
    private readonly long _linesBefore;
    private readonly bool _isOneOfSeveral;
    private readonly RowGroupReader _opened;
    private readonly Dictionary<int, LeafColumnCursor> _leaves = [];
    private readonly RowAssembler? _assembler;
    private string? _broken;

    /// <param name="file">The file, which stays the caller's.</param>
    /// <param name="group">The row group.</param>
    /// <param name="columns">What is read of it.</param>
    /// <param name="rows">Makes samples.</param>
    /// <param name="linesBefore">Rows of the manifest before this file.</param>
    /// <param name="isOneOfSeveral">Whether the manifest has more files, so that what is said of a bad row has to name this one.</param>
    /// <param name="maxBytes">Longest row, without the bytes of clips.</param>
    public RowGroupRows(
        ParquetFile file, RowGroupFacts group, NeededColumns columns, ColumnarRowReader rows, long linesBefore, bool isOneOfSeveral, int maxBytes)
    {
        _isOneOfSeveral = isOneOfSeveral;
        _file = file;
        _group = group;
        _rows = rows;
        _linesBefore = linesBefore;
        _opened = file.Reader.RowGroup(group.Number);
        try
        {
            foreach (int column in columns.Fields.SelectMany(static needed => needed.Field.Columns))
            {
                Try(() => _leaves.Add(column, LeafColumnCursor.Of(_opened.Column(column))));
            }

            _assembler = new RowAssembler(columns.Fields, _leaves, maxBytes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Reads a row; those before it are passed.</summary>
    /// <param name="row">0-based number within the row group, larger than the last that was read.</param>
    /// <exception cref="ManifestException">The disk or the server failed.</exception>
    public ManifestRow Read(long row)
    {
        long number = _group.FirstRow + row + 1;
        long line = _linesBefore + number;
        ManifestRow? read = null;
        if (_broken is null)
        {
            Try(() => read = Make(row, line));
        }

        // Where a page cannot be read, nothing of the group behind it is: which of its values belong to which row is not known. Other groups are whole.
        read ??= new BadRow(line, 1, $"row group {_group.Number}, which is broken here or before: {_broken}", "Parquet");
        read = read with { Location = new RowLocation(_file.Path, number) };
        return read is BadRow bad && _isOneOfSeveral ? bad with { Found = $"{bad.Found} in row {number} of {_file.Path}" } : read;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LeafColumnCursor leaf in _leaves.Values)
        {
            leaf.Dispose();
        }

        _opened.Dispose();
    }

    private ManifestRow Make(long row, long line)
    {
        byte[] json;
        try
        {
            json = _assembler!.Make(row);
        }
        catch (BadParquetRowException flaw)
        {
            return new BadRow(line, 1, flaw.Found, flaw.Expected);
        }

        ManifestRow read = _rows.Read(line, json, _assembler.Bytes);
        return read is SampleRow sample ? sample with { Offset = _group.Offset + (long)((double)_group.Bytes * row / _group.Rows) } : read;
    }

    private void Try(Action read)
    {
        try
        {
            read();
        }
        catch (Exception error) when (ParquetFile.IsOfLibrary(error) || error is InvalidDataException or IOException)
        {
            if (_file.HasFailedToRead)
            {
                throw _file.Told(error, $"row group {_group.Number}");
            }

            _broken = ParquetFile.ReasonOf(error);
        }
    }
}
