using System.Text;

namespace ClipGuard.Manifests;

/// <summary>Cells of a row as RFC 4180 writes them: quoted where they hold delimiters, quotes (doubled) or line breaks.</summary>
internal static class CsvCells
{
    /// <summary>The cells of one row; null where a quoted cell does not end, or goes on after its quote.</summary>
    public static string[]? Split(ReadOnlySpan<byte> row, char delimiter)
    {
        ReadOnlySpan<char> rest = Encoding.UTF8.GetString(row);
        var cells = new List<string>();
        while (true)
        {
            int length;
            if (rest is ['"', ..])
            {
                length = QuotedLength(rest);
                if (length < 0)
                {
                    return null;
                }

                cells.Add(rest[1..(length - 1)].ToString().Replace("\"\"", "\"", StringComparison.Ordinal));
            }
            else
            {
                length = rest.IndexOf(delimiter);
                length = length < 0 ? rest.Length : length;
                cells.Add(rest[..length].ToString());
            }

            if (length == rest.Length)
            {
                return [.. cells];
            }

            if (rest[length] != delimiter)
            {
                return null;
            }

            rest = rest[(length + 1)..];
        }
    }

    /// <summary>Characters of a quoted cell with its quotes; -1 where it does not end.</summary>
    private static int QuotedLength(ReadOnlySpan<char> text)
    {
        for (int at = 1; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                continue;
            }

            if (at + 1 == text.Length || text[at + 1] != '"')
            {
                return at + 1;
            }

            at++;
        }

        return -1;
    }
}
