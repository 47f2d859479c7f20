namespace ClipGuard.Manifests;

/// <summary>A list of samples, read from its first row to its last.</summary>
public interface IManifest
{
    /// <summary>The manifest's name in reports: the path of its file, folder or shards.</summary>
    string Name { get; }

    /// <summary>What kind of manifest it was recognised as, in a few words for a person.</summary>
    string Kind => GetType().Name;

    /// <summary>
    /// The files, shards or folders that rows stand in, each once, as <see cref="RowLocation.Source"/> names them: absolute paths or addresses. Unless a
    /// manifest overrides this it is its <see cref="Name"/>.
    /// </summary>
    IReadOnlyList<string> Sources => [Name];

    /// <summary>
    /// Reads every row once, in order: a <see cref="SampleRow"/> or, where a row is no sample, a <see cref="BadRow"/>.
    /// Memory does not grow with the number of rows. Every call starts again from the first row.
    /// </summary>
    /// <param name="cancellation">Ends the reading with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ManifestException">The manifest cannot be read at all.</exception>
    IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default);

    /// <summary>
    /// A fingerprint of the manifest that can be made without reading all of it. Equal manifests have equal ones, whatever their paths; a manifest that has
    /// become longer or shorter, or was changed in a part that is read for it, has another one. It is part of the state of a loader that reads without an
    /// index. Unless a manifest overrides this it is its <see cref="Name"/>.
    /// </summary>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ManifestException">The manifest cannot be read at all.</exception>
    Task<string> FingerprintAsync(CancellationToken cancellation = default) => Task.FromResult(Name);
}
