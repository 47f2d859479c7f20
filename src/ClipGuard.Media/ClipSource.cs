using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>Where a clip's bytes are.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "from")]
[JsonDerivedType(typeof(FileSource), "file")]
[JsonDerivedType(typeof(FileListSource), "files")]
[JsonDerivedType(typeof(MemorySource), "memory")]
[JsonDerivedType(typeof(DescriptorSource), "descriptor")]
public abstract record ClipSource;

/// <summary>A regular file, or a byte range of one (a member of a tar shard, decoded in place).</summary>
/// <param name="Path">Absolute path.</param>
public sealed record FileSource(string Path) : ClipSource
{
    /// <summary>First byte of the clip within the file. Default 0.</summary>
    public long Offset { get; init; }

    /// <summary>Bytes of the clip; null (the default) means up to the file's end.</summary>
    public long? Length { get; init; }

    /// <summary>The path, with the range where it is not the whole file.</summary>
    public override string ToString() => Offset == 0 && Length is null ? Path : $"{Path}[{Offset}..{Offset + Length}]";
}

/// <summary>A video given as the list of its frame images, in order.</summary>
/// <param name="Paths">Absolute paths, one a frame.</param>
public sealed record FileListSource(IReadOnlyList<string> Paths) : ClipSource
{
    /// <summary>The first path and how many there are.</summary>
    public override string ToString() => Paths.Count == 0 ? "no frames" : $"{Paths[0]} … ({Paths.Count} frames)";
}

/// <summary>Bytes held in memory, as a <c>data:</c> URI gives them. They travel to the helper in shared memory, never through a pipe.</summary>
/// <param name="Bytes">The encoded file.</param>
public sealed record MemorySource([property: JsonIgnore] ReadOnlyMemory<byte> Bytes) : ClipSource
{
    /// <summary>Used on the wire, where the bytes themselves do not travel in the message.</summary>
    [JsonConstructor]
    internal MemorySource()
        : this(ReadOnlyMemory<byte>.Empty)
    {
    }

    /// <summary>How many bytes there are.</summary>
    public override string ToString() => $"{Bytes.Length} bytes in memory";
}

/// <summary>
/// A clip at an address, or a range of bytes of what lies there (a member of a tar shard). A supervisor fetches it and hands its bytes to a helper, which has
/// no network; a decoder that is given one says <see cref="FaultKind.Unsupported"/>.
/// </summary>
/// <param name="Address">Absolute: http, https, or of a scheme that the supervisor was given a fetcher for.</param>
public sealed record RemoteSource(Uri Address) : ClipSource
{
    /// <summary>First byte of the clip within the object at the address. Default 0.</summary>
    public long Offset { get; init; }

    /// <summary>Bytes of the clip; null (the default) means up to the object's end.</summary>
    public long? Length { get; init; }

    /// <summary>The version that the object must have, as the server called it (its ETag); null (the default) for whatever is there.</summary>
    public string? Version { get; init; }

    /// <summary>The address as it may be shown, without what may be secret, and the range where it is not the whole object.</summary>
    public override string ToString()
    {
        string shown = RedactedAddress.WithoutSecrets(Address.OriginalString);
        return Offset == 0 && Length is null ? shown : $"{shown}[{Offset}..{Offset + Length}]";
    }
}
