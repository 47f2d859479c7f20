namespace ClipGuard.Cli.Settings;

/// <summary>Finds what somebody who mistyped a name probably meant.</summary>
internal static class NearestName
{
    /// <summary>The known name that differs least, or null where none is close.</summary>
    public static string? Find(string written, IEnumerable<string> known)
    {
        (string? name, int distance) = known
            .Select(candidate => ((string?)candidate, Distance(written.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .DefaultIfEmpty((null, int.MaxValue))
            .MinBy(pair => pair.Item2);
        return distance <= Math.Max(1, written.Length / 3) ? name : null;
    }

    /// <summary>A clause to put behind a complaint: what was probably meant, or nothing.</summary>
    public static string Hint(string written, IEnumerable<string> known) =>
        Find(written, known) is { } name ? $"; did you mean '{name}'?" : string.Empty;

    // Levenshtein's distance: one row of the table at a time.
    private static int Distance(string a, string b)
    {
        int[] above = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, 1 + Math.Min(above[j], row[j - 1]));
            }

            above = row;
        }

        return above[b.Length];
    }
}
