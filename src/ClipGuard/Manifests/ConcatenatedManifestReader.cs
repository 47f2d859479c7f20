namespace ClipGuard.Manifests;

/// <summary>Reads the rows of several manifests, one after the other, and parses none.</summary>
/// <param name="parts">The manifests.</param>
/// <param name="renumber">Gives a row its line over all of them, and says of which manifest it is.</param>
internal sealed class ConcatenatedManifestReader(IReadOnlyList<IManifest> parts, Func<ManifestRow, long, string, ManifestRow> renumber) : IUnparsedRowReader
{
    private IUnparsedRowReader? _reader;
    private int _part;
    private long _line;

    public async ValueTask<UnparsedRows> ReadAsync(int most, CancellationToken cancellation)
    {
        var read = new SequenceRows(renumber);
        while (read.Count < most && _part < parts.Count)
        {
            int wanted = most - read.Count;
            UnparsedRows rows = await Reader().ReadAsync(wanted, cancellation).ConfigureAwait(false);
            read.Add(rows, _line, parts[_part].Name);
            await PassAsync(rows.Count, wanted).ConfigureAwait(false);
        }

        return read;
    }

    public async ValueTask<long> SkipAsync(long most, CancellationToken cancellation)
    {
        long skipped = 0;
        while (skipped < most && _part < parts.Count)
        {
            long wanted = most - skipped;
            long rows = await Reader().SkipAsync(wanted, cancellation).ConfigureAwait(false);
            skipped += rows;
            await PassAsync(rows, wanted).ConfigureAwait(false);
        }

        return skipped;
    }

    public ValueTask DisposeAsync() => _reader?.DisposeAsync() ?? ValueTask.CompletedTask;

    private IUnparsedRowReader Reader() => _reader ??= UnparsedRowReaderAdapter.Of(parts[_part]);

    private async ValueTask PassAsync(long rows, long wanted)
    {
        _line += rows;
        if (rows < wanted)
        {
            await _reader!.DisposeAsync().ConfigureAwait(false);
            _reader = null;
            _part++;
        }
    }

    private sealed class SequenceRows(Func<ManifestRow, long, string, ManifestRow> renumber) : UnparsedRows
    {
        private readonly List<(UnparsedRows Rows, int End, long LinesBefore, string Name)> _parts = [];

        public override int Count => _parts.Count == 0 ? 0 : _parts[^1].End;

        public void Add(UnparsedRows rows, long linesBefore, string name)
        {
            if (rows.Count > 0)
            {
                _parts.Add((rows, Count + rows.Count, linesBefore, name));
            }
        }

        public override ManifestLineReference LineOf(int row)
        {
            (_, int within, long linesBefore, _) = Find(row);
            return new ManifestLineReference(linesBefore + within + 1);
        }

        public override RowLocation LocationOf(int row, string manifest)
        {
            (UnparsedRows rows, int within, _, string name) = Find(row);
            return rows.LocationOf(within, name);
        }

        public override ManifestRow Read(int row)
        {
            (UnparsedRows rows, int within, long linesBefore, string name) = Find(row);
            return renumber(rows.Read(within), linesBefore + within + 1, name);
        }

        private (UnparsedRows Rows, int Within, long LinesBefore, string Name) Find(int row)
        {
            int low = 0;
            int high = _parts.Count - 1;
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = _parts[middle].End > row ? (low, middle) : (middle + 1, high);
            }

            (UnparsedRows rows, int end, long linesBefore, string name) = _parts[low];
            return (rows, row - (end - rows.Count), linesBefore, name);
        }
    }
}
