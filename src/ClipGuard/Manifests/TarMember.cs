namespace ClipGuard.Manifests;

/// <summary>One file in a tar shard.</summary>
/// <param name="Name">Its name within the shard.</param>
/// <param name="Offset">First byte of its content within the shard.</param>
/// <param name="Length">Bytes of its content.</param>
/// <param name="Modified">When the file was written that it is a copy of, in the words of its header.</param>
/// <param name="Flaw">What it is instead of a file whose bytes lie in the shard; null where it is one.</param>
internal sealed record TarMember(string Name, long Offset, long Length, string Modified, string? Flaw = null)
{
    private const string MetaMark = "__";

    /// <summary>
    /// Whether it belongs to a sample. As in webdataset a name without an extension does not, nor does one between two pairs of underscores; as in
    /// Hugging Face's reader hidden files do not wherever they lie: macOS puts a <c>._</c> file beside each, and <c>.DS_Store</c> into folders.
    /// </summary>
    public bool IsOfSample => Extension.Length > 0 && !IsHidden && !IsMeta;

    /// <summary>Whether its content is part of the row, and not a clip.</summary>
    public bool IsText => Format is "json" or "txt" or "cls";

    /// <summary>The last part of its extension.</summary>
    public string Format => Extension[(Extension.LastIndexOf('.') + 1)..];

    /// <summary>The name up to the first dot of its last part: what the members of one sample share.</summary>
    public string Key => Name[..Dot];

    /// <summary>What follows that dot, in lower case.</summary>
    public string Extension => Dot == Name.Length ? string.Empty : Name[(Dot + 1)..].ToLowerInvariant();

    private bool IsHidden => Name.Split('/').Any(static part => part is ['.', not '.', ..]);

    private bool IsMeta => Name.StartsWith(MetaMark, StringComparison.Ordinal) && Name.EndsWith(MetaMark, StringComparison.Ordinal)
        && !Name.Contains('/', StringComparison.Ordinal);

    private int Dot
    {
        get
        {
            int dot = Name.IndexOf('.', Name.LastIndexOf('/') + 1);
            return dot < 0 ? Name.Length : dot;
        }
    }
}
