using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using ClipGuard.Randomness;

namespace ClipGuard.Manifests;

/// <summary>
/// Rows of several sources, mixed by weight. One byte a row says which source it comes from. How many rows of that source came before it is counted from the
/// beginning of its page, for which the counts are kept.
/// </summary>
internal sealed class IndexedBlend : IndexedRows
{
    private const int PageRows = 4096;

    private readonly IndexedRows[] _sources;
    private readonly string[] _names;
    private readonly ulong _seed;
    private readonly byte[][] _sourceOf;
    private readonly List<long[]> _takenBeforePage = [];

    public IndexedBlend(IndexedRows[] sources, string[] names, double[] weights, BlendLength length, int seed)
    {
        _sources = sources;
        _names = names;
        _seed = unchecked((ulong)seed);
        var order = new WeightedRoundRobin(weights);
        Count = CountRows(sources, order.Shares, length);
        _sourceOf = new byte[(Count + PageRows - 1) / PageRows][];
        Mix(order);
        string content = string.Join(';', sources.Select((source, i) => source.Fingerprint + order.Shares[i].ToString("R", CultureInfo.InvariantCulture)));
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{content};{length};{seed}")));
    }

    public override long Count { get; }

    public override string Fingerprint { get; }

    /// <summary>None: the lines of a blend are those of its sources.</summary>
    public override long FindLine(long line) => -1;

    /// <summary>Goes over the whole blend, in which a source's row may come several times.</summary>
    public override IReadOnlyList<long> FindRows(IReadOnlyCollection<ManifestLineReference> lines)
    {
        HashSet<long>[] wanted = [.. _sources.Select((source, i) =>
            lines.Where(line => line.Origin == _names[i]).Select(line => source.FindLine(line.Line)).Where(static row => row >= 0).ToHashSet())];
        return Find(wanted);
    }

    internal override IEnumerable<long> FindRows(ResolvedExclusions exclusion, string source) =>
        Find([.. _sources.Select((rows, number) => rows.FindRows(exclusion, _names[number]).ToHashSet())]);

    public override ManifestRow Read(long row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)row, (ulong)Count, nameof(row));
        byte[] page = _sourceOf[row / PageRows];
        int within = (int)(row % PageRows);
        byte source = page[within];
        long taken = _takenBeforePage[(int)(row / PageRows)][source] + page.AsSpan(0, within).Count(source);
        ManifestRow read = _sources[source].Read(RowOf(source, taken));
        return read with { Origin = _names[source], Location = read.LocationIn(_names[source]) };
    }

    protected override void Dispose(bool disposing)
    {
        foreach (IndexedRows source in _sources)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    // Where rows of the sources come in the blend.
    private List<long> Find(HashSet<long>[] wanted)
    {
        if (wanted.All(static rows => rows.Count == 0))
        {
            return [];
        }

        var found = new List<long>();
        long[] taken = new long[_sources.Length];
        for (long row = 0; row < Count; row++)
        {
            byte source = _sourceOf[row / PageRows][row % PageRows];
            if (wanted[source].Count > 0 && wanted[source].Contains(RowOf(source, taken[source])))
            {
                found.Add(row);
            }

            taken[source]++;
        }

        return found;
    }

    // The row of a source that comes n-th in the blend. Each pass over the source has a shuffle of its own.
    private long RowOf(byte source, long nth)
    {
        (long pass, long within) = Math.DivRem(nth, _sources[source].Count);
        var order = new Permutation(StableHash.Of(_seed, source, (ulong)pass), _sources[source].Count);
        return order[within];
    }

    private static long CountRows(IndexedRows[] sources, IReadOnlyList<double> shares, BlendLength length)
    {
        if (length == BlendLength.UntilAllAreUsedUp && sources.Any(static source => source.Count == 0))
        {
            throw new ManifestException("A blend cannot go on until an empty source is used up.");
        }

        // The small addition makes up for the rounding of shares, which could otherwise cost the last row of a source that fits exactly.
        IEnumerable<double> rows = sources.Select((source, i) => (source.Count / shares[i]) + 1e-6);
        return (long)(length == BlendLength.UntilFirstIsUsedUp ? rows.Min() : rows.Max());
    }

    private void Mix(WeightedRoundRobin order)
    {
        for (long row = 0; row < Count; row++)
        {
            if (row % PageRows == 0)
            {
                _takenBeforePage.Add([.. order.Taken]);
                _sourceOf[row / PageRows] = new byte[PageRows];
            }

            _sourceOf[row / PageRows][row % PageRows] = (byte)order.Next();
        }
    }
}
