using System.Runtime.CompilerServices;

namespace ClipGuard.Manifests;

/// <summary>
/// Those samples of a manifest that are wanted, as by a field that holds a score. A sample that is not wanted is no row: a loader neither puts a
/// substitute in its place nor counts it as a failure. Rows that are no samples stay what they are.
/// </summary>
/// <param name="manifest">The manifest.</param>
/// <param name="keep">Which samples are wanted; the same answer for the same sample, always.</param>
public sealed class FilteredManifest(IIndexableManifest manifest, Func<Sample, bool> keep) : IIndexableManifest, ITextManifest
{
    /// <inheritdoc/>
    public string Name => manifest.Name;

    TextFormat? ITextManifest.Format => (manifest as ITextManifest)?.Format;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (ManifestRow row in manifest.ReadRowsAsync(cancellation).ConfigureAwait(false))
        {
            if (!IsLeftOut(row))
            {
                yield return row;
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Reads what every row says, once.</remarks>
    public async Task<IndexedRows> IndexAsync(CancellationToken cancellation = default)
    {
        IndexedRows rows = await manifest.IndexAsync(cancellation).ConfigureAwait(false);
        try
        {
            return new KeptRows(rows, number =>
            {
                cancellation.ThrowIfCancellationRequested();
                return IsLeftOut(rows.Read(number));
            });
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Another filter over the same manifest is told apart by an index alone.</remarks>
    public Task<string> FingerprintAsync(CancellationToken cancellation = default) => manifest.FingerprintAsync(cancellation);

    private bool IsLeftOut(ManifestRow row) => row is SampleRow sample && !keep(sample.Sample);
}
