namespace ClipGuard.Manifests;

/// <summary>A manifest whose rows can be read in any order once it is indexed.</summary>
public interface IIndexableManifest : IManifest
{
    /// <summary>Goes once over the manifest and notes where its rows are, without parsing them. 16 bytes a row stay in memory.</summary>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ManifestException">The manifest cannot be read at all.</exception>
    Task<IndexedRows> IndexAsync(CancellationToken cancellation = default);
}
