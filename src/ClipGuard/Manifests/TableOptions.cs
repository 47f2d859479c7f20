namespace ClipGuard.Manifests;

/// <summary>How a CSV or TSV file is read.</summary>
public sealed record TableOptions
{
    /// <summary>
    /// The character between cells. Null (the default) is a tab in files named <c>.tsv</c> and a comma in others or, where the first row has no column of clips
    /// so, whichever of comma, semicolon, tab and bar gives it one.
    /// </summary>
    public char? Delimiter { get; init; }

    /// <summary>Paths, limits, counting, and what columns mean whose names do not say it (<see cref="ManifestOptions.Columns"/>).</summary>
    public ManifestOptions Rows { get; init; } = new();
}
