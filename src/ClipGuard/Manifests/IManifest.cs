namespace ClipGuard.Manifests;

/// <summary>A list of samples, read from its first row to its last.</summary>
public interface IManifest
{
    /// <summary>What reports call this manifest: the path of its file, folder or shards.</summary>
    string Name { get; }

    /// <summary>
    /// Reads every row once, in order: a <see cref="SampleRow"/> or, where a row is no sample, a <see cref="BadRow"/>.
    /// Memory does not grow with the number of rows. Every call starts again from the first row.
    /// </summary>
    /// <param name="cancellation">Ends the reading with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ManifestException">The manifest cannot be read at all.</exception>
    IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Looks at the manifest without reading it as a whole: what comes out is equal for equal manifests, wherever they lie, and different once one has
    /// become longer or shorter, or has changed in one of the places that were looked at. States of loaders that read without an index are bound to it.
    /// Unless a manifest does better it is its <see cref="Name"/>.
    /// </summary>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ManifestException">The manifest cannot be read at all.</exception>
    Task<string> FingerprintAsync(CancellationToken cancellation = default) => Task.FromResult(Name);
}
