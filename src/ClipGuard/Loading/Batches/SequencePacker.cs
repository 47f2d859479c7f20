namespace ClipGuard.Loading;

/// <summary>Packs sequences into rows of one length: first fit, the longest first, which takes at most 11/9 of the fewest rows and one more.</summary>
internal static class SequencePacker
{
    /// <summary>Packs sequences.</summary>
    /// <param name="lengths">Their lengths; none above <paramref name="columns"/>.</param>
    /// <param name="columns">Of a row.</param>
    /// <returns>The sequences of each row by number. Those of no length are in none.</returns>
    public static IReadOnlyList<int[]> Pack(IReadOnlyList<int> lengths, int columns)
    {
        var rows = new List<(int Left, List<int> Sequences)>();
        foreach (int sequence in Enumerable.Range(0, lengths.Count).Where(i => lengths[i] > 0).OrderByDescending(i => lengths[i]).ThenBy(static i => i))
        {
            int row = rows.FindIndex(row => row.Left >= lengths[sequence]);
            if (row < 0)
            {
                row = rows.Count;
                rows.Add((columns, []));
            }

            rows[row].Sequences.Add(sequence);
            rows[row] = (rows[row].Left - lengths[sequence], rows[row].Sequences);
        }

        return [.. rows.Select(static row => row.Sequences.ToArray())];
    }
}
