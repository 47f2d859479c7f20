using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>Which row is at a position: excludes the lines that were excluded when the epoch began, and shuffles the others.</summary>
internal sealed class RowOrder
{
    private const ulong Purpose = 0x0DE5;

    private readonly long[] _excluded;
    private readonly Permutation? _shuffle;
    private readonly GroupShuffle? _groups;

    /// <param name="rows">Rows of the manifest.</param>
    /// <param name="excluded">Rows that are at no position, ascending and each once.</param>
    /// <param name="seed">Of the loader; null for the manifest's own order.</param>
    /// <param name="epoch">0-based.</param>
    /// <param name="readTogether">First rows of the groups that rows are read in (<see cref="Manifests.IndexedRows.ReadTogether"/>); null for none.</param>
    /// <param name="windowRows">Rows that are shuffled among one another where there are groups.</param>
    public RowOrder(long rows, long[] excluded, ulong? seed, int epoch, IReadOnlyList<long>? readTogether = null, int windowRows = 1)
    {
        _excluded = excluded;
        Count = rows - excluded.Length;
        if (seed is not { } key)
        {
            return;
        }

        ulong ofEpoch = StableHash.Of(key, Purpose, (ulong)epoch);
        if (readTogether is null)
        {
            _shuffle = new Permutation(ofEpoch, Count);
        }
        else
        {
            _groups = new GroupShuffle([.. readTogether.Select(IncludedBefore)], Count, windowRows, ofEpoch);
        }
    }

    /// <summary>How many positions there are.</summary>
    public long Count { get; }

    /// <summary>The row at a position.</summary>
    public long RowAt(long position) => NthIncluded(_shuffle is { } shuffle ? shuffle[position] : _groups is { } groups ? groups[position] : position);

    /// <summary>The positions of which the rows are near a position's own; null where any row is as near as any other.</summary>
    public (long First, long Count)? NearTo(long position) => _groups?.WindowOf(position);

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

    private long IncludedBefore(long row)
    {
        int excluded = Array.BinarySearch(_excluded, row);
        return row - (excluded < 0 ? ~excluded : excluded);
    }
}
