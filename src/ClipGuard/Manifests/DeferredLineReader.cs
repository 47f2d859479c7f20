namespace ClipGuard.Manifests;

/// <summary>Reads the lines of a text file that are rows.</summary>
/// <param name="open">Opens the file at its start.</param>
/// <param name="choose">
/// Makes what reads rows, once the file's first line is known: a row reader for each thread, and whether that first line is the first row (a table's is not).
/// </param>
internal sealed class DeferredLineReader(Func<LineReader> open, Func<LineReader, TextLine, RowReaderChoice> choose) : IDeferredRowReader
{
    private LineReader? _lines;
    private RowReaderChoice? _chosen;
    private ITextRowReader? _judge; // says which lines are rows

    public async ValueTask<DeferredRows> ReadAsync(int most, CancellationToken cancellation)
    {
        DeferredLines? rows = null;
        LineReader lines = _lines ??= open();
        while ((rows?.Count ?? 0) < most)
        {
            if (!lines.TryRead(out TextLine line))
            {
                if (!await lines.FillAsync(cancellation).ConfigureAwait(false))
                {
                    break;
                }
            }
            else if (IsRow(line))
            {
                rows ??= new DeferredLines(_chosen!.NewReader);
                rows.Add(line);
            }
        }

        return rows ?? new DeferredLines(static () => throw new InvalidOperationException("There is no row."));
    }

    public async ValueTask<long> SkipAsync(long most, CancellationToken cancellation)
    {
        LineReader lines = _lines ??= open();
        long skipped = 0;
        while (skipped < most)
        {
            if (lines.TryRead(out TextLine line))
            {
                skipped += IsRow(line) ? 1 : 0;
            }
            else if (!await lines.FillAsync(cancellation).ConfigureAwait(false))
            {
                break;
            }
        }

        return skipped;
    }

    public ValueTask DisposeAsync()
    {
        _lines?.Dispose();
        return ValueTask.CompletedTask;
    }

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
