namespace ClipGuard.Manifests;

/// <summary>A manifest that can be read on from behind one of its rows, without rows before it being read again.</summary>
internal interface IResumableManifest : IManifest
{
    /// <summary>Reads the rows behind a place, as <see cref="IManifest.ReadRowsAsync"/> gives them when it comes to them.</summary>
    /// <param name="position">Behind a row of this manifest, which has not changed since.</param>
    /// <param name="cancellation">Ends the reading with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Null where that cannot be done.</returns>
    IAsyncEnumerable<ManifestRow>? ReadRowsBehind(ManifestResumePoint position, CancellationToken cancellation);
}
