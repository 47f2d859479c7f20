namespace ClipGuard.Fetching;

/// <summary>What a server said of a whole object.</summary>
/// <param name="Length">Its bytes; null where it did not say.</param>
/// <param name="Version">As <see cref="FetchAnswer.Version"/>.</param>
/// <param name="Modified">As <see cref="FetchAnswer.Modified"/>.</param>
internal sealed record ObjectMetadata(long? Length, string? Version, DateTimeOffset? Modified);
