namespace ClipGuard.Manifests;

/// <summary>A manifest whose rows can be read in any order once they have been counted.</summary>
public interface IIndexableManifest : IManifest
{
    /// <summary>Goes once over the manifest and notes where its rows are, without reading what they say. 16 bytes a row stay in memory.</summary>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ManifestException">The manifest cannot be read at all.</exception>
    Task<IndexedRows> IndexAsync(CancellationToken cancellation = default);
}
