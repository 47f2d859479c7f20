using System.Buffers;

namespace ClipGuard.Fetching;

/// <summary>Tells addresses from paths.</summary>
internal static class Addresses
{
    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+.-");

    /// <summary>Whether text is an address with a scheme, and not one of a file.</summary>
    public static bool Is(string text) => SchemeOf(text) is { } scheme && scheme != Uri.UriSchemeFile;

    /// <summary>The scheme in lower case; null where the text begins with none.</summary>
    public static string? SchemeOf(string text)
    {
        int end = text.IndexOf("://", StringComparison.Ordinal);
        return end > 0 && !text.AsSpan(0, end).ContainsAnyExcept(SchemeCharacters) ? text[..end].ToLowerInvariant() : null;
    }

    /// <summary>
    /// The address that a path below another stands for, by its characters alone: names of objects are not escaped, except over http and https.
    /// </summary>
    /// <param name="folder">An address, with or without a slash at its end.</param>
    /// <param name="path">Relative; <c>.</c> and <c>..</c> are followed as in a file system.</param>
    public static string Combine(string folder, string path)
    {
        int root = folder.IndexOf("://", StringComparison.Ordinal) + 3;
        int slash = folder.IndexOf('/', root);
        string authority = slash < 0 ? folder : folder[..slash];
        var parts = new List<string>(slash < 0 ? [] : folder[(slash + 1)..].TrimEnd('/').Split('/'));
        bool isEscaped = SchemeOf(folder) is "http" or "https";
        foreach (string part in path.Split('/'))
        {
            switch (part)
            {
                case "." or "":
                    break;
                case "..":
                    parts.RemoveRange(Math.Max(parts.Count - 1, 0), Math.Min(parts.Count, 1));
                    break;
                default:
                    parts.Add(isEscaped ? Uri.EscapeDataString(part) : part);
                    break;
            }
        }

        return $"{authority}/{string.Join('/', parts.SkipWhile(static part => part.Length == 0))}";
    }

    /// <summary>An address up to its last slash.</summary>
    public static string FolderOf(string address)
    {
        int root = address.IndexOf("://", StringComparison.Ordinal) + 3;
        int slash = address.LastIndexOf('/');
        return slash < root ? address : address[..slash];
    }
}
