using System.Runtime.CompilerServices;

namespace ClipGuard.Manifests;

/// <summary>A manifest without the rows that a list names, read in order.</summary>
/// <param name="manifest">The manifest.</param>
/// <param name="exclusion">The rows.</param>
/// <param name="onEnd">Told at the manifest's end how many rows were left out; null for nobody.</param>
internal sealed class ExcludingManifest(IManifest manifest, ResolvedExclusions exclusion, Action<long>? onEnd = null)
    : ITextManifest, IUnparsedRowManifest, IResumableManifest
{
    /// <inheritdoc/>
    public string Name => manifest.Name;

    /// <inheritdoc/>
    public string Kind => manifest.Kind;

    /// <inheritdoc/>
    public IReadOnlyList<string> Sources => manifest.Sources;

    /// <summary>Rows that were left out of what was read last.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Lines of the file before that from which those of rows are counted, as in a share of it.</summary>
    public long LinesBefore { get; set; }

    TextFormat? ITextManifest.Format => (manifest as ITextManifest)?.Format;

    /// <inheritdoc/>
    public IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default) =>
        ReadRowsAsync(manifest.ReadRowsAsync(cancellation), 0, cancellation);

    IAsyncEnumerable<ManifestRow>? IResumableManifest.ReadRowsBehind(ManifestResumePoint position, CancellationToken cancellation) =>
        (manifest as IResumableManifest)?.ReadRowsBehind(position, cancellation) is { } rest ? ReadRowsAsync(rest, position.LeftOut, cancellation) : null;

    IUnparsedRowReader IUnparsedRowManifest.ReadUnparsed() => new ExcludingRowReader(UnparsedRowReaderAdapter.Of(manifest), exclusion, manifest.Name, onEnd);

    private async IAsyncEnumerable<ManifestRow> ReadRowsAsync(
        IAsyncEnumerable<ManifestRow> rows, long leftOut, [EnumeratorCancellation] CancellationToken cancellation)
    {
        LeftOut = leftOut;
        await foreach (ManifestRow row in rows.WithCancellation(cancellation).ConfigureAwait(false))
        {
            if (exclusion.Contains(row, linesBefore: LinesBefore))
            {
                LeftOut++;
            }
            else
            {
                row.LeftOutBefore = LeftOut;
                yield return row;
            }
        }

        onEnd?.Invoke(LeftOut);
    }

    /// <inheritdoc/>
    public Task<string> FingerprintAsync(CancellationToken cancellation = default) => manifest.FingerprintAsync(cancellation);
}
