using System.Collections.Concurrent;

namespace ClipGuard.Manifests;

/// <summary>
/// Makes relative paths absolute, by the first base under which the file exists. Where it exists under none, it is the first base, so that the report names
/// the path that the user most likely meant. For absolute paths, and where there is only one base, the file system is not asked.
/// Any number of threads.
/// </summary>
internal sealed class PathResolver
{
    private static readonly TimeSpan RemoteLimit = TimeSpan.FromSeconds(5);

    // One for each remote base in the whole process, since each has a thread: manifests that are opened again and again share it.
    private static readonly ConcurrentDictionary<string, Lazy<BoundedExistenceCheck>> RemoteFolders = new(StringComparer.Ordinal);

    private readonly (string Folder, Func<string, bool> Holds)[] _bases;

    public PathResolver(IEnumerable<(string Folder, Func<string, bool> Holds)> bases) => _bases = [.. bases];

    /// <summary>True where clips at http and https addresses are fetched.</summary>
    public bool AllowsHttp { get; init; }

    /// <summary>Bases in ms-swift's order with <paramref name="options"/>' root before them.</summary>
    public static PathResolver For(ManifestOptions options, string manifestFolder)
    {
        string current = Environment.CurrentDirectory;
        string[] folders = [.. new[] { options.Root, options.RootImageDirectory, manifestFolder, current }
            .OfType<string>()
            .Select(folder => Path.GetFullPath(folder, current))
            .Distinct(StringComparer.Ordinal)];
        if (folders.Length == 1)
        {
            return new PathResolver([(folders[0], Path.Exists)]) { AllowsHttp = options.AllowHttp };
        }

        var mounts = MountTable.Current();
        return new PathResolver(folders.Select(folder => (folder, mounts.IsRemote(folder) ? Remote(folder) : Path.Exists)))
        {
            AllowsHttp = options.AllowHttp,
        };
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
            foreach ((string folder, Func<string, bool> holds) in _bases)
            {
                string candidate = Path.GetFullPath(path, folder);
                if (holds(candidate))
                {
                    return candidate;
                }
            }
        }

        return Path.GetFullPath(path, _bases[0].Folder);
    }

    /// <summary>Whether a file is there. One below a mount whose server does not answer counts as there: its helper finds out.</summary>
    /// <param name="path">Absolute.</param>
    public static bool Exists(string path) =>
        MountTable.Current().RemoteMountOf(path) is { } mount ? Remote(mount)(path) : Path.Exists(path);

    private static Func<string, bool> Remote(string folder) =>
        RemoteFolders.GetOrAdd(folder, static _ => new Lazy<BoundedExistenceCheck>(() => new BoundedExistenceCheck(Path.Exists, RemoteLimit))).Value.Holds;
}
