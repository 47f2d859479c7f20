using ClipGuard.Manifests;
using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>
/// Rows that are read from start to end, shuffled within windows. The windows with samples of the present global batch are kept here; earlier ones live as
/// long as samples of theirs are being decoded.
/// </summary>
internal sealed class StreamedEpochRows : EpochRows
{
    private const ulong Purpose = 0x317D;

    private readonly Func<CancellationToken, IAsyncEnumerable<ManifestRow>> _manifest;
    private readonly IReadOnlySet<ManifestLine> _excludedLines;
    private readonly int _windowRows;
    private readonly ulong? _key;
    private readonly Dictionary<long, Window> _windows = [];
    private readonly CancellationTokenSource _stop = new();
    private IAsyncEnumerator<ManifestRow>? _rows;
    private Task _reading = Task.CompletedTask;
    private long _next;
    private long _firstKept;
    private bool _isOver;

    /// <param name="manifest">Begins to read the manifest.</param>
    /// <param name="excludedLines">Lines that are skipped.</param>
    /// <param name="windowRows">Rows in a window.</param>
    /// <param name="seed">Of the loader; null for the manifest's own order.</param>
    /// <param name="epoch">0-based.</param>
    public StreamedEpochRows(
        Func<CancellationToken, IAsyncEnumerable<ManifestRow>> manifest, IReadOnlySet<ManifestLine> excludedLines, int windowRows, ulong? seed, int epoch)
    {
        _manifest = manifest;
        _excludedLines = excludedLines;
        _windowRows = windowRows;
        _key = seed is { } key ? StableHash.Of(key, Purpose, (ulong)epoch) : null;
    }

    public override long? Count => null;

    public override void Passed(long position)
    {
        long firstKept = position / _windowRows;
        for (; _firstKept < Math.Min(firstKept, _next); _firstKept++)
        {
            _windows.Remove(_firstKept);
        }

        _firstKept = Math.Max(_firstKept, firstKept);
    }

    public override async ValueTask<PlannedSample?> AtAsync(long position, CancellationToken cancellation)
    {
        (long number, long within) = Math.DivRem(position, _windowRows);
        while (number >= _next && !_isOver)
        {
            // A read that hangs (a dead mount, a FIFO) cannot be ended, only no longer be waited for: neither the loop nor its end may wait for it.
            Task<Window> reading = Task.Run(ReadWindowAsync, CancellationToken.None);
            _reading = reading;
            Window read = await reading.WaitAsync(cancellation).ConfigureAwait(false);
            if (_next >= _firstKept)
            {
                _windows.Add(_next, read);
            }

            _next++;
        }

        if (number >= _next)
        {
            return null;
        }

        Window window = _windows[number];
        return within < window.Choices ? new PlannedSample(position, window, window.RowAt(within)) : null;
    }

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task closing = CloseAsync();
        if (_reading.IsCompleted)
        {
            await closing.ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    // Not awaited where a read still hangs: the manifest is closed once that returns.
    private async Task CloseAsync()
    {
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_rows is not null)
        {
            await _rows.DisposeAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    private async Task<Window> ReadWindowAsync()
    {
        _rows ??= _manifest(_stop.Token).GetAsyncEnumerator(_stop.Token);
        var rows = new List<ManifestRow>();
        while (rows.Count < _windowRows)
        {
            _stop.Token.ThrowIfCancellationRequested();
            if (!await _rows.MoveNextAsync().ConfigureAwait(false))
            {
                _isOver = true;
                break;
            }

            ManifestRow row = _rows.Current;
            if (!_excludedLines.Contains(new ManifestLine(row.Line, row.Origin)))
            {
                rows.Add(row);
            }
        }

        return new Window([.. rows], _key is { } key ? new Permutation(StableHash.Of(key, (ulong)_next), rows.Count) : null);
    }

    private sealed class Window(ManifestRow[] rows, Permutation? shuffle) : IRowChoice
    {
        public long Choices => rows.Length;

        public long RowAt(long index) => shuffle is { } order ? order[index] : index;

        public long Choose(long nth) => nth;

        public ValueTask<ManifestRow> ReadAsync(long row, CancellationToken cancellation) => new(rows[row]);
    }
}
