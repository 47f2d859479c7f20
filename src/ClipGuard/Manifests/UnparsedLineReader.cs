namespace ClipGuard.Manifests;

/// <summary>Reads the lines of a text file that are rows, and parses none.</summary>
/// <param name="open">Opens the file at its start.</param>
/// <param name="choose">
/// Makes what reads rows, once the file's first line is known: a row reader for each thread, and whether that first line is the first row (a table's is not).
/// </param>
/// <param name="path">The file.</param>
/// <param name="noted">Where its rows are, as far as that is known.</param>
internal sealed class UnparsedLineReader(
    Func<LineReader> open, Func<LineReader, TextLine, RowReaderChoice> choose, string path, InMemoryRowOffsets noted) : IUnparsedRowReader
{
    private LineReader? _lines;
    private RandomAccessFile? _file; // for rows by their places, which may be asked for after this reader's end: closed with the last of them; null for a pipe
    private RowReaderChoice? _chosen;
    private ITextRowParser? _judge; // says which lines are rows
    private bool _hasBegun;
    private int _version; // of what was noted
    private long _row; // that comes next, from 0
    private long _readRows; // rows that were read from _lines: fewer where others were noted

    public async ValueTask<UnparsedRows> ReadAsync(int most, CancellationToken cancellation)
    {
        if (FindCached(most) is { } piece)
        {
            _row += piece.Rows.Count;
            _file ??= new LocalPositions(File.OpenHandle(path, share: FileShare.ReadWrite));
            return new UnparsedRowOffsets(path, piece.Rows, _file, piece.FilePosition, _chosen!.NewReader);
        }

        LineReader lines = await LinesAsync(cancellation).ConfigureAwait(false);
        UnparsedRows rows = lines.IsPipe ? await CopyAsync(lines, most, cancellation).ConfigureAwait(false)
            : await NoteAsync(lines, most, cancellation).ConfigureAwait(false);
        _row += rows.Count;
        _readRows = _row;
        return rows;
    }

    public async ValueTask<long> SkipAsync(long most, CancellationToken cancellation)
    {
        if (FindCached(most) is { } piece)
        {
            _row += piece.Rows.Count;
            return piece.Rows.Count;
        }

        LineReader lines = await LinesAsync(cancellation).ConfigureAwait(false);
        long passed = await TakeAsync(lines, most, index: null, copies: null, cancellation).ConfigureAwait(false);
        _row += passed;
        _readRows = _row;
        return passed;
    }

    public ValueTask DisposeAsync()
    {
        _lines?.Dispose();
        return ValueTask.CompletedTask;
    }

    private CachedRowOffsets? FindCached(long most)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            _chosen = noted.Begin(path, out _version);
        }

        return _chosen is not null && noted.TryFind(_row, most, out CachedRowOffsets? piece) ? piece : null;
    }

    // Open, and before the row that comes next.
    private async ValueTask<LineReader> LinesAsync(CancellationToken cancellation)
    {
        if (_lines is null)
        {
            _lines = open();
            _file ??= _lines.IsPipe || _lines.IsRemote ? null : new LocalPositions(File.OpenHandle(_lines.Path, share: FileShare.ReadWrite));
        }

        if (_readRows < _row)
        {
            await TakeAsync(_lines, _row - _readRows, index: null, copies: null, cancellation).ConfigureAwait(false);
            _readRows = _row;
        }

        return _lines;
    }

    // What a file holds can be read once more: where its rows are is enough.
    private async ValueTask<UnparsedRows> NoteAsync(LineReader lines, int most, CancellationToken cancellation)
    {
        var index = new RowIndex();
        _file ??= await lines.OpenPositionsAsync(cancellation).ConfigureAwait(false);
        await TakeAsync(lines, most, index, copies: null, cancellation).ConfigureAwait(false);
        if (_chosen is not null && !lines.IsRemote)
        {
            noted.Add(new CachedRowOffsets(_row, index, lines.Position, IsLast: index.Count < most), _chosen, _version);
        }

        return new UnparsedRowOffsets(lines.Path, index, _file, lines.Position, _chosen?.NewReader ?? NoReader);
    }

    private async ValueTask<UnparsedRows> CopyAsync(LineReader lines, int most, CancellationToken cancellation)
    {
        var rows = new BufferedUnparsedRows(() => _chosen!.NewReader());
        await TakeAsync(lines, most, index: null, rows, cancellation).ConfigureAwait(false);
        return rows;
    }

    // Passes over rows and keeps their places, or copies of them, or nothing.
    private async ValueTask<long> TakeAsync(LineReader lines, long most, RowIndex? index, BufferedUnparsedRows? copies, CancellationToken cancellation)
    {
        long taken = 0;
        do
        {
            taken += TakeRead(lines, most - taken, index, copies);
        }
        while (taken < most && await lines.FillAsync(cancellation).ConfigureAwait(false));
        return taken;
    }

    // What was read already. Apart, because an asynchronous method keeps its variables on the heap, which a loop over millions of lines should not use.
    private long TakeRead(LineReader lines, long most, RowIndex? index, BufferedUnparsedRows? copies)
    {
        long taken = 0;
        while (taken < most)
        {
            // A line that is not blank is a row once the first one has been looked at (ITextRowParser.HasRow).
            if (copies is null && _judge is not null && lines.TryReadEntry(out RowIndexEntry place))
            {
                index?.Add(place);
                taken++;
                continue;
            }

            if (!lines.TryRead(out TextLine line))
            {
                break;
            }

            if (IsRow(line))
            {
                index?.Add(RowIndexEntry.Of(line));
                copies?.Add(line);
                taken++;
            }
        }

        return taken;
    }

    private static ITextRowParser NoReader() => throw new InvalidOperationException("There is no row to read.");

    private bool IsRow(TextLine line)
    {
        if (_judge is { } judge)
        {
            return judge.HasRow(line);
        }

        if (line.IsBlank)
        {
            return false;
        }

        _chosen = choose(_lines!, line);
        _judge = _chosen.NewReader();
        return !_chosen.IsHeader && _judge.HasRow(line);
    }
}

/// <summary>What reads the rows of a text file.</summary>
/// <param name="NewReader">Makes a reader for one thread.</param>
/// <param name="IsHeader">Whether the first line that is not blank is no row.</param>
internal sealed record RowReaderChoice(Func<ITextRowParser> NewReader, bool IsHeader = false);
