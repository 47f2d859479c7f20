namespace ClipGuard.Manifests;

/// <summary>Thrown while a row is read that is no sample, and caught where the reading of the row began. It never leaves this library.</summary>
internal sealed class BadRowException(long at, string found, string expected) : Exception
{
    /// <summary>Bytes from the start of the line to where the error was seen.</summary>
    public long At { get; } = at;

    public string Found { get; } = found;

    public string Expected { get; } = expected;
}
