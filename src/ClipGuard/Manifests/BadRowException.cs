namespace ClipGuard.Manifests;

/// <summary>Leaves the reading of a row that is no sample. Caught where the row began; no caller of the library sees it.</summary>
internal sealed class BadRowException(long at, string found, string expected) : Exception
{
    /// <summary>Bytes from the start of the line to the trouble.</summary>
    public long At { get; } = at;

    public string Found { get; } = found;

    public string Expected { get; } = expected;
}
