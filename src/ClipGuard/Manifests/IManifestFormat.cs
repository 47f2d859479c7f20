namespace ClipGuard.Manifests;

/// <summary>
/// A format of manifests that an assembly of its own reads, for <see cref="Manifest.Open"/> to recognise: <see cref="ManifestFormatRegistry.Add"/>.
/// One object serves the whole process, from any thread.
/// </summary>
public interface IManifestFormat
{
    /// <summary>What it is called, as <c>Parquet</c>. A format that is added takes the place of one of the same name.</summary>
    string Name { get; }

    /// <summary>Extensions of its files, with the dot and in lower case: names are compared without regard to case.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>Whether a file that has none of these extensions is one, by its first bytes.</summary>
    /// <param name="start">The first eight bytes, or all of a file that is shorter.</param>
    bool Recognises(ReadOnlySpan<byte> start);

    /// <summary>Opens files as one manifest. Nothing has to be read for it yet.</summary>
    /// <param name="name">What the manifest is called in reports: the file, or the pattern or the folder that stood for several.</param>
    /// <param name="files">Absolute paths in the order of their rows; at least one.</param>
    /// <param name="options">How rows are read; null for the defaults.</param>
    /// <exception cref="ManifestException">They cannot be opened.</exception>
    IIndexableManifest Open(string name, IReadOnlyList<string> files, ManifestOptions? options);
}
