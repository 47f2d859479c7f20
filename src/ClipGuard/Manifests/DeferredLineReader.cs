namespace ClipGuard.Manifests;

/// <summary>Reads the lines of a text file that are rows.</summary>
/// <param name="open">Opens the file at its start.</param>
/// <param name="choose">
/// Makes what reads rows, once the file's first line is known: a row reader for each thread, and whether that first line is the first row (a table's is not).
/// </param>
internal sealed class DeferredLineReader(Func<LineReader> open, Func<LineReader, TextLine, RowReaderChoice> choose) : IDeferredRowReader
{
    private LineReader? _lines;
    private PositionedFile? _file; // for rows by their places, which may be asked for after this reader's end: closed with the last of them; null for a pipe
    private RowReaderChoice? _chosen;
    private ITextRowReader? _judge; // says which lines are rows

    public async ValueTask<DeferredRows> ReadAsync(int most, CancellationToken cancellation)
    {
        LineReader lines = Lines();
        return lines.IsPipe ? await CopyAsync(lines, most, cancellation).ConfigureAwait(false)
            : await NoteAsync(lines, most, cancellation).ConfigureAwait(false);
    }

    public ValueTask<long> SkipAsync(long most, CancellationToken cancellation) => TakeAsync(Lines(), most, take: null, cancellation);

    public ValueTask DisposeAsync()
    {
        _lines?.Dispose();
        return ValueTask.CompletedTask;
    }

    private LineReader Lines()
    {
        if (_lines is null)
        {
            _lines = open();
            _file = _lines.IsPipe || _lines.IsRemote ? null : new LocalPositions(File.OpenHandle(_lines.Path, share: FileShare.ReadWrite));
        }

        return _lines;
    }

    // What a file holds can be read once more: where its rows are is enough.
    private async ValueTask<DeferredRows> NoteAsync(LineReader lines, int most, CancellationToken cancellation)
    {
        var index = new RowIndex();
        _file ??= await lines.OpenPositionsAsync(cancellation).ConfigureAwait(false);
        await TakeAsync(lines, most, line => index.Add(RowAddress.Of(line)), cancellation).ConfigureAwait(false);
        return new DeferredPlaces(lines.Path, index, _file, lines.Position, _chosen?.NewReader ?? NoReader);
    }

    private async ValueTask<DeferredRows> CopyAsync(LineReader lines, int most, CancellationToken cancellation)
    {
        var rows = new DeferredLines(() => _chosen!.NewReader());
        await TakeAsync(lines, most, rows.Add, cancellation).ConfigureAwait(false);
        return rows;
    }

    private async ValueTask<long> TakeAsync(LineReader lines, long most, Action<TextLine>? take, CancellationToken cancellation)
    {
        long taken = 0;
        do
        {
            taken += TakeRead(lines, most - taken, take);
        }
        while (taken < most && await lines.FillAsync(cancellation).ConfigureAwait(false));
        return taken;
    }

    // What was read already. Apart, because an asynchronous method keeps its variables on the heap, which a loop over millions of lines should not use.
    private long TakeRead(LineReader lines, long most, Action<TextLine>? take)
    {
        long taken = 0;
        while (taken < most && lines.TryRead(out TextLine line))
        {
            if (IsRow(line))
            {
                take?.Invoke(line);
                taken++;
            }
        }

        return taken;
    }

    private static ITextRowReader NoReader() => throw new InvalidOperationException("There is no row to read.");

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
internal sealed record RowReaderChoice(Func<ITextRowReader> NewReader, bool IsHeader = false);
