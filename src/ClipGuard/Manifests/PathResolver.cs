using System.Collections.Concurrent;

using ClipGuard.Fetching;

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

    /// <summary>What fetches clips at other addresses.</summary>
    public IReadOnlyList<IFetcher> Fetchers { get; init; } = [];

    /// <summary>The address below which relative paths are that no base of the file system holds; null where the first of these does.</summary>
    public string? RemoteBase { get; init; }

    /// <summary>Bases in ms-swift's order with <paramref name="options"/>' root before them.</summary>
    public static PathResolver For(ManifestOptions options, string manifestFolder)
    {
        string current = Environment.CurrentDirectory;
        string? remote = options.Root is { } root && Addresses.Is(root) ? root : Addresses.Is(manifestFolder) ? manifestFolder : null;
        if (remote is not null)
        {
            // The address is not asked what is there: that is for whoever fetches the clip.
            string[] local = remote == options.Root ? [] : [.. new[] { options.Root, options.RootImageDirectory }
                .OfType<string>()
                .Select(folder => Path.GetFullPath(folder, current))
                .Distinct(StringComparer.Ordinal)];
            return new PathResolver(Checked(local)) { AllowsHttp = options.AllowHttp, Fetchers = options.Fetching.Fetchers, RemoteBase = remote };
        }

        string[] folders = [.. new[] { options.Root, options.RootImageDirectory, manifestFolder, current }
            .OfType<string>()
            .Select(folder => Path.GetFullPath(folder, current))
            .Distinct(StringComparer.Ordinal)];
        if (folders.Length == 1)
        {
            return new PathResolver([(folders[0], Path.Exists)]) { AllowsHttp = options.AllowHttp, Fetchers = options.Fetching.Fetchers };
        }

        return new PathResolver(Checked(folders)) { AllowsHttp = options.AllowHttp, Fetchers = options.Fetching.Fetchers };
    }

    /// <summary>The absolute form of <paramref name="path"/>, which is not empty and holds no NUL: a path, or an address.</summary>
    public string Resolve(string path)
    {
        if (Path.IsPathFullyQualified(path))
        {
            return Path.GetFullPath(path);
        }

        if (_bases.Length > 1 || RemoteBase is not null)
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

        return RemoteBase is { } address ? Addresses.Combine(address, path) : Path.GetFullPath(path, _bases[0].Folder);
    }

    /// <summary>Whether a file is there. One below a mount whose server does not answer counts as there: its helper finds out.</summary>
    /// <param name="path">Absolute.</param>
    public static bool Exists(string path) =>
        MountTable.Current().RemoteMountOf(path) is { } mount ? Remote(mount)(path) : Path.Exists(path);

    /// <summary>Makes sure that the root of relative paths is there when a manifest is opened. Where it goes away later, clips are missing.</summary>
    /// <exception cref="ManifestException">It is no folder.</exception>
    public static void RequireRoot(ManifestOptions options)
    {
        // With a separator at its end a file is not there either.
        if (options.Root is { } root && !Addresses.Is(root) && !Exists(Path.GetFullPath(root).TrimEnd('/') + '/'))
        {
            throw new ManifestException($"There is no folder {root}, below which relative paths are to be looked for.");
        }
    }

    private static IEnumerable<(string Folder, Func<string, bool> Holds)> Checked(string[] folders)
    {
        var mounts = MountTable.Current();
        return folders.Select(folder => (folder, mounts.IsRemote(folder) ? Remote(folder) : (Func<string, bool>)Path.Exists));
    }

    private static Func<string, bool> Remote(string folder) =>
        RemoteFolders.GetOrAdd(folder, static _ => new Lazy<BoundedExistenceCheck>(() => new BoundedExistenceCheck(Path.Exists, RemoteLimit))).Value.Holds;
}
