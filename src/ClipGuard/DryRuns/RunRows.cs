using ClipGuard.Manifests;

namespace ClipGuard.DryRuns;

/// <summary>
/// The rows that a run reads. The first of the manifest is read before anything else is done: where the manifest is a wrong one, the findings of an earlier
/// run must stay. A run that goes on reads those behind what is recorded.
/// </summary>
/// <param name="manifest">The manifest.</param>
/// <param name="stop">Ends the reading.</param>
internal sealed class RunRows(IManifest manifest, CancellationToken stop) : IAsyncDisposable
{
    private IAsyncEnumerator<ManifestRow> _rows = manifest.ReadRowsAsync(stop).GetAsyncEnumerator(stop);

    /// <summary>The manifest's first row; null where it has none.</summary>
    public ManifestRow? First { get; private set; }

    /// <summary>Whether there is a row to read.</summary>
    public bool Any { get; private set; }

    /// <summary>Rows that are not read again.</summary>
    public long Passed { get; private set; }

    /// <summary>The rows; the first that is to be read is current.</summary>
    public IAsyncEnumerator<ManifestRow> Rows => _rows;

    /// <summary>Reads the first row.</summary>
    public async Task BeginAsync()
    {
        Any = await _rows.MoveNextAsync().ConfigureAwait(false);
        First = Any ? _rows.Current : null;
    }

    /// <summary>Goes on behind a row, where the manifest can be read from there.</summary>
    /// <param name="behind">Behind which row.</param>
    /// <param name="limit">How many rows are to be read in all; null for all.</param>
    public async Task GoOnAsync(ManifestResumePoint behind, long? limit)
    {
        if ((manifest as IResumableManifest)?.ReadRowsBehind(behind, stop) is not { } rest)
        {
            return;
        }

        await _rows.DisposeAsync().ConfigureAwait(false);
        _rows = rest.GetAsyncEnumerator(stop);
        Passed = behind.Rows;
        Any = !(Passed >= limit) && await _rows.MoveNextAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _rows.DisposeAsync();
}
