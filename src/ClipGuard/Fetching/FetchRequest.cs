using ClipGuard.Media;

namespace ClipGuard.Fetching;

/// <summary>What a fetcher is asked for: an object at an address, or a range of its bytes.</summary>
/// <param name="Address">Absolute. Of schemes that do not escape, as s3, <see cref="Uri.OriginalString"/> is what was written.</param>
public sealed record FetchRequest(Uri Address)
{
    /// <summary>First byte that is wanted. Default 0.</summary>
    public long Offset { get; init; }

    /// <summary>Bytes that are wanted; null (the default) for all up to the object's end.</summary>
    public long? Length { get; init; }

    /// <summary>
    /// The version that the object must still have, as <see cref="FetchAnswer.Version"/> told it, or the answer is <see cref="FetchFailureKind.Changed"/>; null
    /// (the default) for whatever is there.
    /// </summary>
    public string? Version { get; init; }

    /// <summary>Whether not all of the object is wanted.</summary>
    public bool IsRange => Offset > 0 || Length is not null;

    /// <summary>Called where the server said something that is not yet the answer, as a redirection.</summary>
    internal Action? Heard { get; init; }

    /// <summary>The address as it may be shown, with the range where it is not the whole object.</summary>
    public override string ToString()
    {
        string shown = RedactedAddress.WithoutSecrets(Address.OriginalString);
        return IsRange ? $"{shown}[{Offset}..{Offset + Length}]" : shown;
    }
}
