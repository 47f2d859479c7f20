namespace ClipGuard.Manifests;

/// <summary>Stands in for a format whose reader was not added.</summary>
/// <param name="name">Of the format.</param>
/// <param name="extensions">Of its files.</param>
/// <param name="signatures">With one of which its files begin.</param>
/// <param name="package">That has the reader.</param>
/// <param name="statement">That adds it.</param>
internal sealed class MissingFormat(string name, string[] extensions, byte[][] signatures, string package, string statement) : IManifestFormat
{
    public string Name => name;

    public IReadOnlyList<string> Extensions => extensions;

    public bool Recognises(ReadOnlySpan<byte> start)
    {
        foreach (byte[] signature in signatures)
        {
            if (start.StartsWith(signature))
            {
                return true;
            }
        }

        return false;
    }

    public IIndexableManifest Open(string manifest, IReadOnlyList<string> files, ManifestOptions? options) => throw new ManifestException(
        $"{files[0]} is {name}, which the package {package} reads: reference it and call {statement} once before the manifest is opened.");
}
