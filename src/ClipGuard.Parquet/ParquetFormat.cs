using ClipGuard.Manifests;

namespace ClipGuard.Columnar;

/// <summary>Makes <see cref="Manifest.Open"/> read Parquet.</summary>
public sealed class ParquetFormat : IManifestFormat
{
    private ParquetFormat()
    {
    }

    /// <inheritdoc/>
    public string Name => "Parquet";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions => [".parquet"];

    /// <summary>Adds the format to <see cref="ManifestFormatRegistry"/>. It may be called more than once.</summary>
    public static void Add() => ManifestFormatRegistry.Add(new ParquetFormat());

    /// <inheritdoc/>
    /// <remarks>A file begins with <c>PAR1</c> or, where its footer is encrypted, with <c>PARE</c>, which is then told.</remarks>
    public bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith("PAR1"u8) || start.StartsWith("PARE"u8);

    /// <inheritdoc/>
    public IIndexableManifest Open(string name, IReadOnlyList<string> files, ManifestOptions? options) => new ParquetManifest(name, files, options);
}
