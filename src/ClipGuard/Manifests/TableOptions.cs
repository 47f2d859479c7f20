namespace ClipGuard.Manifests;

/// <summary>How a CSV or TSV file is read.</summary>
public sealed record TableOptions
{
    /// <summary>The character between cells; null (the default) is a tab in files named <c>.tsv</c> and a comma in others.</summary>
    public char? Delimiter { get; init; }

    /// <summary>
    /// Maps columns' names that are not ms-swift's keys to those that are, as in <c>{"file": "audio"}</c>. Default empty.
    /// </summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>Paths, limits and counting. Messages are not required by default.</summary>
    public ManifestOptions Rows { get; init; } = new() { RequireMessages = false };
}
