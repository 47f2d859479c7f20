namespace ClipGuard.Media;

/// <summary>Addresses as screens, logs and files may show them.</summary>
public static class RedactedAddress
{
    /// <summary>
    /// An address without user name, password, query and fragment: a signed link or a token would otherwise stand in every report. What was left out of its
    /// end shows as <c>?…</c>. Text without <c>://</c> comes back as it is.
    /// </summary>
    /// <param name="text">An address, or any other text.</param>
    public static string WithoutSecrets(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return text;
        }

        ReadOnlySpan<char> rest = text.AsSpan(scheme + 3);
        int path = rest.IndexOfAny('/', '\\');
        int user = rest[..(path < 0 ? rest.Length : path)].LastIndexOf('@');
        int end = rest.IndexOfAny('?', '#');
        if (end >= 0 && end < user)
        {
            // A password or a query: which of the two ends where cannot be told.
            return $"{text.AsSpan(0, scheme)}://…";
        }

        return end < 0 ? $"{text.AsSpan(0, scheme)}://{rest[(user + 1)..]}" : $"{text.AsSpan(0, scheme)}://{rest[(user + 1)..end]}?…";
    }
}
