namespace ClipGuard.Manifests;

/// <summary>The header of a table.</summary>
internal static class TableColumns
{
    /// <summary>Whether cells under a key name clips.</summary>
    public static bool NamesClips(string key) => TableRowParser.KeysOfClips.Contains(key);

    /// <summary>The character between the cells of a header: the usual one, unless only another gives it a column of clips.</summary>
    public static char FindDelimiter(TextLine header, char usual, IReadOnlyDictionary<string, string> meanings)
    {
        foreach (char delimiter in new[] { usual, ',', ';', '\t', '|' })
        {
            string[] cells = header.IsTooLong ? [] : CsvCells.Split(header.Text, delimiter) ?? [];
            if (cells.Any(cell => meanings.ContainsKey(cell) || NamesClips(cell.Trim())))
            {
                return delimiter;
            }
        }

        return usual;
    }

    /// <summary>The keys of the columns, in order.</summary>
    /// <exception cref="ManifestException">The first row is no header, or the options name a column that is not in it.</exception>
    public static string[] Read(TextLine header, char delimiter, IReadOnlyDictionary<string, string> meanings, string path)
    {
        string[]? cells = header.IsTooLong ? null : CsvCells.Split(header.Text, delimiter);
        if (cells is null)
        {
            throw new ManifestException($"The first row of {path} cannot be read as column names.");
        }

        string? absent = meanings.Keys.FirstOrDefault(name => !cells.Contains(name));
        if (absent is not null)
        {
            throw new ManifestException($"{path} has no column '{absent}'; its columns are {string.Join(", ", cells)}.");
        }

        string[] keys = [.. cells.Select(name => meanings.TryGetValue(name, out string? key) ? key : name.Trim())];
        string? twice = keys.GroupBy(key => key).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? keys : throw new ManifestException($"{path} has two columns for '{twice}'.");
    }
}
