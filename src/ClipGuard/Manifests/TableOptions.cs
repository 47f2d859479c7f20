namespace ClipGuard.Manifests;

/// <summary>How a CSV or TSV file is read.</summary>
public sealed record TableOptions
{
    /// <summary>What stands between cells; null (the default) is a tab in files named <c>.tsv</c> and a comma in others.</summary>
    public char? Delimiter { get; init; }

    /// <summary>
    /// What columns mean where their names do not say it: from the column's name to ms-swift's key, as in <c>{"file": "audio"}</c>. Default empty.
    /// </summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>Paths, limits and counting. Messages are not required by default.</summary>
    public ManifestOptions Rows { get; init; } = new() { RequireMessages = false };
}
