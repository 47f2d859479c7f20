namespace ClipGuard.Fetching;

/// <summary>What came of a fetch, after all its tries.</summary>
/// <param name="Bytes">What was asked for, or less where the object ends sooner; null where the fetch failed.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
internal readonly record struct FetchResult(ReadOnlyMemory<byte>? Bytes, FetchFailure? Failure = null)
{
    /// <summary>Bytes of the whole object; null where the server did not say.</summary>
    public long? ObjectLength { get; init; }

    /// <summary>As <see cref="FetchAnswer.Version"/>.</summary>
    public string? Version { get; init; }

    /// <summary>As <see cref="FetchAnswer.Modified"/>.</summary>
    public DateTimeOffset? Modified { get; init; }

    /// <summary>What the server said of the whole object.</summary>
    public ObjectMetadata Object => new(ObjectLength, Version, Modified);
}
