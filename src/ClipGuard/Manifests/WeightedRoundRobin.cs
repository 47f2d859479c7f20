namespace ClipGuard.Manifests;

/// <summary>The order of the sources in a blend: the next row comes from the source that is furthest behind its share.</summary>
/// <param name="weights">Of the sources; positive.</param>
internal sealed class WeightedRoundRobin(IReadOnlyList<double> weights)
{
    // Sources count as equally far behind within this, so that the first of them is next however products of shares are rounded.
    private const double Tolerance = 1e-9;

    private readonly double[] _shares = [.. weights.Select(weight => weight / weights.Sum())];
    private readonly long[] _taken = new long[weights.Count];
    private long _rows;

    /// <summary>The part of all rows that each source gives; their sum is 1.</summary>
    public IReadOnlyList<double> Shares => _shares;

    /// <summary>How many rows each source has given so far.</summary>
    public IReadOnlyList<long> Taken => _taken;

    /// <summary>The source of the next row, which is counted as taken.</summary>
    public int Next()
    {
        _rows++;
        int next = 0;
        double most = double.NegativeInfinity;
        for (int source = 0; source < _shares.Length; source++)
        {
            double behind = (_shares[source] * _rows) - _taken[source];
            if (behind > most + Tolerance)
            {
                (next, most) = (source, behind);
            }
        }

        _taken[next]++;
        return next;
    }
}
