using ClipGuard.Media;

namespace ClipGuard.Fetching;

/// <summary>Some of the addresses that begin with another.</summary>
/// <param name="Addresses">The addresses, in the order of their characters; there may be none on a page that is not the last.</param>
public sealed record FetchListing(IReadOnlyList<Uri> Addresses)
{
    /// <summary>What to ask with for the next page; null (the default) where this is the last.</summary>
    public string? Continuation { get; init; }

    /// <summary>Why nothing could be listed; null (the default) where it could.</summary>
    public FetchFailure? Failure { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);
}
