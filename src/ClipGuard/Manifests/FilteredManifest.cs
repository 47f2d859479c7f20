using System.Runtime.CompilerServices;

namespace ClipGuard.Manifests;

/// <summary>
/// The samples of a manifest that pass a filter, as by a field with a score. A sample that does not pass is no row: a loader neither replaces it by a
/// substitute nor counts it as a failure. Rows that are no samples pass always.
/// </summary>
/// <param name="manifest">The manifest.</param>
/// <param name="keep">True for samples that pass; it must always give the same answer for the same sample.</param>
public sealed class FilteredManifest(IIndexableManifest manifest, Func<Sample, bool> keep) : IIndexableManifest, ITextManifest
{
    /// <inheritdoc/>
    public string Name => manifest.Name;

    /// <inheritdoc/>
    public string Kind => manifest.Kind;

    /// <inheritdoc/>
    public IReadOnlyList<string> Sources => manifest.Sources;

    TextFormat? ITextManifest.Format => (manifest as ITextManifest)?.Format;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (ManifestRow row in manifest.ReadRowsAsync(cancellation).ConfigureAwait(false))
        {
            if (!IsExcluded(row))
            {
                yield return row;
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Reads every row once.</remarks>
    public async Task<IndexedRows> IndexAsync(CancellationToken cancellation = default)
    {
        IndexedRows rows = await manifest.IndexAsync(cancellation).ConfigureAwait(false);
        try
        {
            return new IndexedRowSubset(rows, number =>
            {
                cancellation.ThrowIfCancellationRequested();
                return IsExcluded(rows.Read(number));
            });
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>It does not depend on the filter; the fingerprint of an index does.</remarks>
    public Task<string> FingerprintAsync(CancellationToken cancellation = default) => manifest.FingerprintAsync(cancellation);

    private bool IsExcluded(ManifestRow row) => row is SampleRow sample && !keep(sample.Sample);
}
