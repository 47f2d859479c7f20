namespace ClipGuard.Manifests;

/// <summary>
/// Makes relative paths absolute. The first base under which something exists wins; where nothing does under any of them, it is the first base,
/// so that the report names the place the user most likely meant. Absolute paths, and paths where there is but one base, touch no disk.
/// </summary>
internal sealed class PathResolver
{
    private readonly string[] _bases;

    private PathResolver(string[] bases) => _bases = bases;

    /// <summary>Bases in ms-swift's order with <paramref name="options"/>' root before them.</summary>
    public static PathResolver For(ManifestOptions options, string manifestFolder)
    {
        string current = Environment.CurrentDirectory;
        IEnumerable<string> bases = new[] { options.Root, options.RootImageDirectory, manifestFolder, current }
            .OfType<string>()
            .Select(folder => Path.GetFullPath(folder, current))
            .Distinct(StringComparer.Ordinal);
        return new PathResolver([.. bases]);
    }

    /// <summary>The absolute form of <paramref name="path"/>, which is not empty and holds no NUL.</summary>
    public string Resolve(string path)
    {
        if (Path.IsPathFullyQualified(path))
        {
            return Path.GetFullPath(path);
        }

        if (_bases.Length > 1)
        {
            foreach (string folder in _bases)
            {
                string candidate = Path.GetFullPath(path, folder);
                if (Path.Exists(candidate))
                {
                    return candidate;
                }
            }
        }

        return Path.GetFullPath(path, _bases[0]);
    }
}
