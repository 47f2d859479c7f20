using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>
/// Rows that are read from start to end, shuffled within windows. Held are the windows that one batch of all ranks can reach into,
/// and those whose samples are still at work.
/// </summary>
internal sealed class StreamedEpochRows : EpochRows
{
    private const ulong Purpose = 0x317D;

    private readonly IAsyncEnumerator<ManifestRow> _manifest;
    private readonly IReadOnlySet<long> _leftOutLines;
    private readonly int _windowRows;
    private readonly ulong? _key;
    private readonly int _keptWindows;
    private readonly Dictionary<long, Window> _windows = [];
    private long _next;
    private bool _isOver;

    /// <param name="manifest">The manifest at its start.</param>
    /// <param name="leftOutLines">Lines that are passed over.</param>
    /// <param name="windowRows">Rows in a window.</param>
    /// <param name="globalBatch">Samples in a batch of all ranks together.</param>
    /// <param name="seed">Of the loader; null for the manifest's own order.</param>
    /// <param name="epoch">0-based.</param>
    public StreamedEpochRows(
        IAsyncEnumerator<ManifestRow> manifest, IReadOnlySet<long> leftOutLines, int windowRows, long globalBatch, ulong? seed, int epoch)
    {
        _manifest = manifest;
        _leftOutLines = leftOutLines;
        _windowRows = windowRows;
        _keptWindows = (int)(globalBatch / windowRows) + 2;
        _key = seed is { } key ? StableHash.Of(key, Purpose, (ulong)epoch) : null;
    }

    public override long? Count => null;

    public override async ValueTask<PlannedSample?> AtAsync(long position, CancellationToken cancellation)
    {
        (long number, long within) = Math.DivRem(position, _windowRows);
        while (number >= _next && !_isOver)
        {
            _windows.Add(_next, await ReadWindowAsync(cancellation).ConfigureAwait(false));
            _windows.Remove(_next - _keptWindows);
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
        await _manifest.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<Window> ReadWindowAsync(CancellationToken cancellation)
    {
        var rows = new List<ManifestRow>();
        while (rows.Count < _windowRows)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!await _manifest.MoveNextAsync().ConfigureAwait(false))
            {
                _isOver = true;
                break;
            }

            if (!_leftOutLines.Contains(_manifest.Current.Line))
            {
                rows.Add(_manifest.Current);
            }
        }

        return new Window([.. rows], _key is { } key ? new Permutation(StableHash.Of(key, (ulong)_next), rows.Count) : null);
    }

    private sealed class Window(ManifestRow[] rows, Permutation? shuffle) : IRowChoice
    {
        public long Choices => rows.Length;

        public long RowAt(long place) => shuffle is { } order ? order[place] : place;

        public long Choose(long nth) => nth;

        public ManifestRow Read(long row) => rows[row];
    }
}
