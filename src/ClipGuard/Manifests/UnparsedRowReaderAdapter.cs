namespace ClipGuard.Manifests;

/// <summary>Rows of a manifest that has them only parsed.</summary>
/// <param name="manifest">The manifest.</param>
internal sealed class UnparsedRowReaderAdapter(IManifest manifest) : IUnparsedRowReader
{
    private IAsyncEnumerator<ManifestRow>? _rows;

    /// <summary>What reads a manifest's rows with as little parsing as it allows.</summary>
    public static IUnparsedRowReader Of(IManifest manifest) =>
        manifest is IUnparsedRowManifest unparsed ? unparsed.ReadUnparsed() : new UnparsedRowReaderAdapter(manifest);

    public async ValueTask<UnparsedRows> ReadAsync(int most, CancellationToken cancellation)
    {
        var rows = new List<ManifestRow>();
        _rows ??= manifest.ReadRowsAsync(cancellation).GetAsyncEnumerator(cancellation);
        while (rows.Count < most && await _rows.MoveNextAsync().ConfigureAwait(false))
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Add(_rows.Current);
        }

        return new ParsedRows(rows);
    }

    public async ValueTask<long> SkipAsync(long most, CancellationToken cancellation)
    {
        long skipped = 0;
        _rows ??= manifest.ReadRowsAsync(cancellation).GetAsyncEnumerator(cancellation);
        while (skipped < most && await _rows.MoveNextAsync().ConfigureAwait(false))
        {
            cancellation.ThrowIfCancellationRequested();
            skipped++;
        }

        return skipped;
    }

    public ValueTask DisposeAsync() => _rows?.DisposeAsync() ?? ValueTask.CompletedTask;

    private sealed class ParsedRows(List<ManifestRow> rows) : UnparsedRows
    {
        public override int Count => rows.Count;

        public override ManifestLineReference LineOf(int row) => new(rows[row].Line, rows[row].Origin);

        public override RowLocation LocationOf(int row, string manifest) => rows[row].LocationIn(manifest);

        public override ManifestRow Read(int row) => rows[row];
    }
}
