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

    private readonly IManifest _manifest;
    private readonly IReadOnlySet<ManifestLineReference> _excludedLines;
    private readonly TimeSpan _limit;
    private readonly int _windowRows;
    private readonly ulong? _key;
    private readonly Dictionary<long, Window> _windows = [];
    private readonly CancellationTokenSource _stop = new();
    private IUnparsedRowReader? _rows;
    private Task _reading = Task.CompletedTask;
    private long _next;
    private long _firstKept;
    private bool _isOver;

    /// <param name="manifest">The manifest.</param>
    /// <param name="excludedLines">Lines that are skipped.</param>
    /// <param name="windowRows">Rows in a window.</param>
    /// <param name="seed">Of the loader; null for the manifest's own order.</param>
    /// <param name="epoch">0-based.</param>
    /// <param name="limit">The longest that parsing a row, which looks for its clips' files, may take.</param>
    public StreamedEpochRows(IManifest manifest, IReadOnlySet<ManifestLineReference> excludedLines, int windowRows, ulong? seed, int epoch, TimeSpan limit)
    {
        _manifest = manifest;
        _limit = limit;
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
            Task<Window?> reading = Task.Run(NextWindowAsync, CancellationToken.None);
            _reading = reading;
            if (await reading.WaitAsync(cancellation).ConfigureAwait(false) is { } read)
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

    // Null for a window that is passed over.
    private async Task<Window?> NextWindowAsync()
    {
        _rows ??= UnparsedRowReaderAdapter.Of(_manifest);
        UnparsedRows? rows = null;
        long read = _excludedLines.Count > 0 ? (rows = await ReadIncludedAsync(_rows).ConfigureAwait(false)).Count
            : _next < _firstKept ? await _rows.SkipAsync(_windowRows, _stop.Token).ConfigureAwait(false)
            : (rows = await _rows.ReadAsync(_windowRows, _stop.Token).ConfigureAwait(false)).Count;
        _isOver = read < _windowRows;
        return rows is null || _next < _firstKept ? null
            : new Window(rows, _key is { } key ? new Permutation(StableHash.Of(key, (ulong)_next), rows.Count) : null, _manifest.Name, _limit);
    }

    // A window has as many rows as others after its excluded lines were left out.
    private async Task<UnparsedRows> ReadIncludedAsync(IUnparsedRowReader reader)
    {
        var included = new UnparsedRowSubset();
        while (included.Count < _windowRows)
        {
            int wanted = _windowRows - included.Count;
            UnparsedRows rows = await reader.ReadAsync(wanted, _stop.Token).ConfigureAwait(false);
            for (int row = 0; row < rows.Count; row++)
            {
                if (!_excludedLines.Contains(rows.LineOf(row)))
                {
                    included.Add(rows, row);
                }
            }

            if (rows.Count < wanted)
            {
                break;
            }
        }

        return included;
    }

    private sealed class Window(UnparsedRows rows, Permutation? shuffle, string manifest, TimeSpan limit) : IRowChoice
    {
        public long Choices => rows.Count;

        public long RowAt(long index) => shuffle is { } order ? order[index] : index;

        public long Choose(long nth) => nth;

        public ValueTask<ManifestRow> ReadAsync(long row, CancellationToken cancellation) =>
            new(AbandonableRead.OfRowAsync(() => Read(row), manifest, limit, cancellation));

        public ManifestRow Read(long row) => rows.Read((int)row);
    }
}
