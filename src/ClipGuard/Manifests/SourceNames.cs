namespace ClipGuard.Manifests;

/// <summary>
/// What the sources of a manifest are called in lists of excluded rows: by their paths from the folder that holds them all, so that the names hold where that
/// folder is moved or mounted elsewhere.
/// </summary>
internal sealed class SourceNames
{
    /// <summary>What standard input is called.</summary>
    public const string StandardInput = "-";

    private const string StandardInputPath = "/dev/stdin";
    private const char Separator = '/';

    private readonly string _folder;

    private SourceNames(string folder) => _folder = folder;

    /// <summary>The names for a manifest's sources.</summary>
    public static SourceNames Of(IManifest manifest) => new(FolderOf(manifest.Sources));

    /// <summary>The name of a source.</summary>
    /// <param name="source">As in <see cref="RowLocation.Source"/>.</param>
    public string NameOf(string source) => source == StandardInputPath ? StandardInput
        : source.StartsWith(_folder, StringComparison.Ordinal) && source.Length > _folder.Length ? source[_folder.Length..]
        : source;

    private static string FolderOf(IReadOnlyList<string> sources)
    {
        string common = sources.Count == 0 ? string.Empty : Above(sources[0]);
        foreach (string source in sources)
        {
            while (!source.StartsWith(common, StringComparison.Ordinal))
            {
                common = Above(common[..^1]);
            }
        }

        return common;
    }

    /// <summary>Whether a source may be what a list calls so: its path ends with the name.</summary>
    public static bool Fits(string source, string name) =>
        source == name || (source == StandardInputPath ? name == StandardInput : source.EndsWith(Separator + name, StringComparison.Ordinal));

    /// <summary>The last part of a path or of a name: it is the same where a source fits a name.</summary>
    public static string LastPart(string path) => path == StandardInputPath ? StandardInput : path[(path.LastIndexOf(Separator) + 1)..];

    // Of "/a/b" it is "/a/", of an address up to its last slash; nothing where there is none.
    private static string Above(string path) => path[..(path.LastIndexOf(Separator) + 1)];
}
