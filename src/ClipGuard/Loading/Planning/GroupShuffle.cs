using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>
/// A shuffle of rows that are read in groups, as Parquet's are: the groups come in a shuffled order, and what they make one after the other is shuffled within
/// windows. So the rows of a window are near one another, and a row may come before another of its group, but not before one that is a window away.
/// </summary>
internal sealed class GroupShuffle
{
    private readonly long[] _starts;
    private readonly long[] _ends;
    private readonly long _count;
    private readonly long _windowRows;
    private readonly ulong _key;
    private readonly Permutation _order;

    /// <param name="starts">First rows of the groups, ascending from 0; equal ones for groups without rows.</param>
    /// <param name="count">Rows of all groups.</param>
    /// <param name="windowRows">Rows in a window.</param>
    /// <param name="key">Which shuffle.</param>
    public GroupShuffle(long[] starts, long count, int windowRows, ulong key)
    {
        _starts = starts;
        _count = count;
        _windowRows = windowRows;
        _key = key;
        _order = new Permutation(key, starts.Length);
        _ends = new long[starts.Length];
        long end = 0;
        for (int nth = 0; nth < starts.Length; nth++)
        {
            int group = (int)_order[nth];
            end += (group + 1 < starts.Length ? starts[group + 1] : count) - starts[group];
            _ends[nth] = end;
        }
    }

    /// <summary>The row at a position.</summary>
    public long this[long position]
    {
        get
        {
            (long first, long rows) = WindowOf(position);
            long nth = first + new Permutation(StableHash.Of(_key, (ulong)first), rows)[position - first];

            // The first group that ends behind it.
            int at = Array.BinarySearch(_ends, nth + 1);
            at = at < 0 ? ~at : at;
            while (at > 0 && _ends[at - 1] > nth)
            {
                at--;
            }

            return _starts[(int)_order[at]] + nth - (at == 0 ? 0 : _ends[at - 1]);
        }
    }

    /// <summary>The window of a position: its first position, and how many it has.</summary>
    public (long First, long Count) WindowOf(long position)
    {
        long first = position / _windowRows * _windowRows;
        return (first, Math.Min(_windowRows, _count - first));
    }
}
