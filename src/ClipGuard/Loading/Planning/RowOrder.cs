using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>Which row is at a position: excludes the lines that were excluded when the epoch began, and shuffles the others.</summary>
internal sealed class RowOrder
{
    private const ulong Purpose = 0x0DE5;

    private readonly long[] _excluded;
    private readonly Permutation? _shuffle;

    /// <param name="rows">Rows of the manifest.</param>
    /// <param name="excluded">Rows that are at no position, ascending and each once.</param>
    /// <param name="seed">Of the loader; null for the manifest's own order.</param>
    /// <param name="epoch">0-based.</param>
    public RowOrder(long rows, long[] excluded, ulong? seed, int epoch)
    {
        _excluded = excluded;
        Count = rows - excluded.Length;
        _shuffle = seed is { } key ? new Permutation(StableHash.Of(key, Purpose, (ulong)epoch), Count) : null;
    }

    /// <summary>How many positions there are.</summary>
    public long Count { get; }

    /// <summary>The row at a position.</summary>
    public long RowAt(long position) => NthIncluded(_shuffle is { } shuffle ? shuffle[position] : position);

    /// <summary>The n-th (from 0) of the rows that are not excluded, in the manifest's order.</summary>
    public long NthIncluded(long nth)
    {
        // _excluded[i] - i rows are included before the i-th excluded one. So the answer is nth plus the number of excluded rows for which that is at most
        // nth; since it never falls from one to the next, a binary search finds their number.
        int low = 0;
        int high = _excluded.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _excluded[middle] - middle <= nth ? (middle + 1, high) : (low, middle);
        }

        return nth + low;
    }
}
