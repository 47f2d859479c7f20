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
}
