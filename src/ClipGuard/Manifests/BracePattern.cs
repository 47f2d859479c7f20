using System.Globalization;

namespace ClipGuard.Manifests;

/// <summary>Names written as in a shell: <c>train-{000..099}.tar</c> and <c>{a,b}.tar</c>, in any number and nested.</summary>
internal static class BracePattern
{
    private const int MostNames = 1_000_000;

    /// <summary>The names that a pattern expands to, in order. Braces without a range or a comma are taken literally.</summary>
    /// <exception cref="ManifestException">There are too many of them.</exception>
    public static IReadOnlyList<string> Expand(string pattern)
    {
        var names = new List<string>();
        Expand(string.Empty, pattern, names);
        return names;
    }

    private static void Expand(string done, string rest, List<string> names)
    {
        int open = rest.IndexOf('{', StringComparison.Ordinal);
        int close = open < 0 ? -1 : ClosingBrace(rest, open);
        if (close < 0)
        {
            names.Add(done + rest);
            return;
        }

        string before = done + rest[..open];
        string after = rest[(close + 1)..];
        if (Choices(rest[(open + 1)..close]) is not { } choices)
        {
            Expand(before + "{", rest[(open + 1)..], names);
            return;
        }

        foreach (string choice in choices)
        {
            if (names.Count >= MostNames)
            {
                throw new ManifestException($"The pattern stands for more than {MostNames} names.");
            }

            Expand(before, choice + after, names);
        }
    }

    private static int ClosingBrace(string text, int open)
    {
        int depth = 0;
        for (int at = open; at < text.Length; at++)
        {
            depth += text[at] == '{' ? 1 : text[at] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return at;
            }
        }

        return -1;
    }

    private static IEnumerable<string>? Choices(string inside)
    {
        string[] ends = inside.Split("..");
        if (ends.Length == 2 && long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out long first)
            && long.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out long last))
        {
            bool isPadded = ends.Any(static end => end.Length > 1 && end[0] == '0');
            return Range(first, last, isPadded ? ends.Max(static end => end.Length) : 1);
        }

        string[] parts = SplitAtTopLevel(inside);
        return parts.Length > 1 ? parts : null;
    }

    private static IEnumerable<string> Range(long first, long last, int width)
    {
        int step = first <= last ? 1 : -1;
        for (long number = first; number != last + step; number += step)
        {
            yield return number.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0');
        }
    }

    private static string[] SplitAtTopLevel(string inside)
    {
        var parts = new List<string>();
        int depth = 0;
        int start = 0;
        for (int at = 0; at < inside.Length; at++)
        {
            depth += inside[at] == '{' ? 1 : inside[at] == '}' ? -1 : 0;
            if (inside[at] == ',' && depth == 0)
            {
                parts.Add(inside[start..at]);
                start = at + 1;
            }
        }

        return [.. parts, inside[start..]];
    }
}
