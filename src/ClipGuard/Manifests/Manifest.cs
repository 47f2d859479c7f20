namespace ClipGuard.Manifests;

/// <summary>Opens manifests; their kind is recognised by their path.</summary>
public static class Manifest
{
    /// <summary>
    /// A folder as <see cref="FolderManifest"/>, <c>.csv</c> and <c>.tsv</c> as <see cref="TableManifest"/>, <c>.tar</c> (braces allowed) as
    /// <see cref="TarManifest"/>, everything else as <see cref="JsonLinesManifest"/>.
    /// </summary>
    /// <param name="path">The manifest.</param>
    /// <param name="options">
    /// How rows are read; null for the defaults of the kind: JSON Lines must have messages, the others need not.
    /// </param>
    public static IIndexableManifest Open(string path, ManifestOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            _ when Directory.Exists(path) => new FolderManifest(path),
            ".csv" or ".tsv" => new TableManifest(path, options is null ? null : new TableOptions { Rows = options }),
            ".tar" => new TarManifest(path, options),
            _ => new JsonLinesManifest(path, options),
        };
    }
}
