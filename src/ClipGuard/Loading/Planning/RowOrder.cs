using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>Which row stands at a position: leaves out what was convicted before the epoch, and shuffles the rest.</summary>
internal sealed class RowOrder
{
    private const ulong Purpose = 0x0DE5;

    private readonly long[] _leftOut;
    private readonly Permutation? _shuffle;

    /// <param name="rows">Rows of the manifest.</param>
    /// <param name="leftOut">Rows that no position may have, ascending and each once.</param>
    /// <param name="seed">Of the loader; null for the manifest's own order.</param>
    /// <param name="epoch">0-based.</param>
    public RowOrder(long rows, long[] leftOut, ulong? seed, int epoch)
    {
        _leftOut = leftOut;
        Count = rows - leftOut.Length;
        _shuffle = seed is { } key ? new Permutation(StableHash.Of(key, Purpose, (ulong)epoch), Count) : null;
    }

    /// <summary>How many positions there are.</summary>
    public long Count { get; }

    /// <summary>The row at a position.</summary>
    public long RowAt(long position) => NotLeftOut(_shuffle is { } shuffle ? shuffle[position] : position);

    /// <summary>The n-th of the rows that are not left out, in the manifest's order.</summary>
    public long NotLeftOut(long nth)
    {
        // The number of rows left out before the answer is the number of those with at most nth others before them.
        int low = 0;
        int high = _leftOut.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _leftOut[middle] - middle <= nth ? (middle + 1, high) : (low, middle);
        }

        return nth + low;
    }
}
