namespace ClipGuard.Manifests;

/// <summary>A tar archive cannot be read on. Caught where its entries are grouped; no caller of the library sees it.</summary>
/// <param name="at">Where the header begins that cannot be read.</param>
/// <param name="message">Why.</param>
internal sealed class BrokenTarException(long at, string message) : Exception(message)
{
    /// <summary>Where the header begins that cannot be read.</summary>
    public long At { get; } = at;
}
