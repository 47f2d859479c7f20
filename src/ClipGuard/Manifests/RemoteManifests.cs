using System.IO.Enumeration;

using ClipGuard.Fetching;

namespace ClipGuard.Manifests;

/// <summary>Manifests at addresses: which objects a name stands for, and what they are.</summary>
internal static class RemoteManifests
{
    private const int MostObjects = 1_000_000;

    /// <summary>The manifest at an address.</summary>
    /// <exception cref="ManifestException">It cannot be read, or nothing is there.</exception>
    public static IIndexableManifest Open(string address, ManifestOptions options)
    {
        string shown = ManifestFiles.Shown(address);
        string scheme = Addresses.SchemeOf(address)!;
        if (scheme is not ("http" or "https") && Fetchers.Find(options.Fetching.Fetchers, scheme) is null)
        {
            throw new ManifestException($"The manifest {shown} is not read: addresses of {scheme}:// {Fetchers.Advice(scheme)}.");
        }

        if (address.EndsWith('/'))
        {
            throw new ManifestException(
                $"{shown} names a folder, and those at addresses are not read: name a manifest, or objects by a pattern as {shown}*.tar.");
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out _))
        {
            throw new ManifestException($"{shown} is no address.");
        }

        try
        {
            IReadOnlyList<string> files = Manifest.IsTar(address) ? [address] : PathPattern.Expand(address, new ManifestFiles(options));
            return files.Count == 1
                ? Manifest.OpenFile(files[0], options)
                : ManifestFormatRegistry.Find(files) is { } format ? format.Open(shown, files, options)
                : new ConcatenatedManifest(shown, files.Select(file => Manifest.OpenFile(file, options)));
        }
        catch (FetchException failed)
        {
            throw ManifestException.Refused($"The manifest {shown} cannot be read", failed);
        }
    }

    /// <summary>The objects that a name with wildcards stands for, in the order of their characters. A wildcard stands for no slash.</summary>
    /// <exception cref="ManifestException">There is none.</exception>
    /// <exception cref="FetchException">They cannot be listed.</exception>
    public static IReadOnlyList<string> Find(string pattern, ManifestFiles files)
    {
        string prefix = pattern[..pattern.AsSpan().IndexOfAny('*', '?')];
        string[] parts = pattern.Split('/');
        string[] names = [.. files.List(prefix, MostObjects).Where(name => Matches(name.Split('/'), parts)).Order(StringComparer.Ordinal)];
        return names.Length > 0 ? names : throw new ManifestException($"No object matches {ManifestFiles.Shown(pattern)}.");
    }

    private static bool Matches(string[] name, string[] pattern) => name.Length == pattern.Length && name.Zip(pattern).All(static pair =>
        pair.First == pair.Second || FileSystemName.MatchesSimpleExpression(pair.Second, pair.First, ignoreCase: false));
}
