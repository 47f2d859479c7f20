using System.IO.Enumeration;

using ClipGuard.Fetching;

namespace ClipGuard.Manifests;

/// <summary>Names of files written as in a shell: with braces (<see cref="BracePattern"/>), and with <c>*</c> and <c>?</c> for files that are there.</summary>
internal static class PathPattern
{
    /// <summary>The names that a pattern stands for: those of braces in their order, those of wildcards in the order of their characters.</summary>
    /// <param name="pattern">An absolute path, or an address. A path that is there as it stands is itself.</param>
    /// <param name="files">Lists what is at addresses.</param>
    /// <exception cref="ManifestException">No file is there that it describes, or a folder of it cannot be listed.</exception>
    public static IReadOnlyList<string> Expand(string pattern, ManifestFiles files) =>
        Addresses.Is(pattern)
            ? [.. BracePattern.Expand(pattern).SelectMany(name => HasRemoteWildcard(name) ? RemoteManifests.Find(name, files) : [name])]
            : Path.Exists(pattern) ? [pattern]
            : [.. BracePattern.Expand(pattern).SelectMany(static name => HasWildcard(name) ? Find(name) : [name])];

    // Over http a question mark begins a query.
    private static bool HasRemoteWildcard(string address) => Addresses.SchemeOf(address) is not ("http" or "https") && HasWildcard(address);

    private static bool HasWildcard(string name) => name.AsSpan().IndexOfAny('*', '?') >= 0;

    private static string[] Find(string pattern)
    {
        try
        {
            IEnumerable<string> found = [Path.GetPathRoot(pattern)!];
            foreach (string part in pattern.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
            {
                found = HasWildcard(part)
                    ? found.Where(Directory.Exists).SelectMany(folder => Matching(folder, part)).ToArray()
                    : found.Select(folder => Path.Combine(folder, part)).Where(Path.Exists).ToArray();
            }

            string[] names = [.. found.Order(StringComparer.Ordinal)];
            return names.Length > 0 ? names : throw new ManifestException($"No file matches {pattern}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ManifestException.Refused($"What {pattern} stands for cannot be listed", error);
        }
    }

    // As in a shell, a wildcard does not stand for the dot of a hidden file.
    private static IEnumerable<string> Matching(string folder, string part) =>
        Directory.EnumerateFileSystemEntries(folder).Where(path => Path.GetFileName(path) is var name
            && FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false) && (part[0] == '.' || name[0] != '.'));
}
