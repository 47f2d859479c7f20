using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using ClipGuard.Randomness;

namespace ClipGuard.Manifests;

/// <summary>
/// Rows of several sources, mixed by weight. One byte a row says which source it comes from; how many came before is counted from the last milestone on.
/// </summary>
internal sealed class IndexedBlend : IndexedRows
{
    private const int MilestoneRows = 4096;

    private readonly IndexedRows[] _sources;
    private readonly string[] _names;
    private readonly ulong _seed;
    private readonly byte[][] _sourceOf;
    private readonly List<long[]> _milestones = [];

    public IndexedBlend(IndexedRows[] sources, string[] names, double[] weights, BlendLength length, int seed)
    {
        _sources = sources;
        _names = names;
        _seed = unchecked((ulong)seed);
        var turns = new BlendTurns(weights);
        Count = CountRows(sources, turns.Shares, length);
        _sourceOf = new byte[(Count + MilestoneRows - 1) / MilestoneRows][];
        Mix(turns);
        string content = string.Join(';', sources.Select((source, i) => source.Fingerprint + turns.Shares[i].ToString("R", CultureInfo.InvariantCulture)));
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{content};{length};{seed}")));
    }

    public override long Count { get; }

    public override string Fingerprint { get; }

    /// <summary>Lines of a blend are those of its sources, and none of them is the blend's.</summary>
    public override long FindLine(long line) => -1;

    /// <summary>Goes over the whole blend, in which a source's row may come several times.</summary>
    public override IReadOnlyList<long> FindRows(IReadOnlyCollection<ManifestLine> lines)
    {
        HashSet<long>[] wanted = [.. _sources.Select((source, i) =>
            lines.Where(line => line.Origin == _names[i]).Select(line => source.FindLine(line.Line)).Where(static row => row >= 0).ToHashSet())];
        if (wanted.All(static rows => rows.Count == 0))
        {
            return [];
        }

        var found = new List<long>();
        long[] taken = new long[_sources.Length];
        for (long row = 0; row < Count; row++)
        {
            byte source = _sourceOf[row / MilestoneRows][row % MilestoneRows];
            if (wanted[source].Count > 0 && wanted[source].Contains(RowOf(source, taken[source])))
            {
                found.Add(row);
            }

            taken[source]++;
        }

        return found;
    }

    public override ManifestRow Read(long row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)row, (ulong)Count, nameof(row));
        byte[] piece = _sourceOf[row / MilestoneRows];
        int place = (int)(row % MilestoneRows);
        byte source = piece[place];
        long taken = _milestones[(int)(row / MilestoneRows)][source] + piece.AsSpan(0, place).Count(source);
        return _sources[source].Read(RowOf(source, taken)) with { Origin = _names[source] };
    }

    protected override void Dispose(bool disposing)
    {
        foreach (IndexedRows source in _sources)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    // Which row of a source is its n-th in the blend.
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

        // The rounding of a share must not cost a row of a source that fits exactly.
        IEnumerable<double> rows = sources.Select((source, i) => (source.Count / shares[i]) + 1e-6);
        return (long)(length == BlendLength.UntilFirstIsUsedUp ? rows.Min() : rows.Max());
    }

    private void Mix(BlendTurns turns)
    {
        for (long row = 0; row < Count; row++)
        {
            if (row % MilestoneRows == 0)
            {
                _milestones.Add([.. turns.Taken]);
                _sourceOf[row / MilestoneRows] = new byte[MilestoneRows];
            }

            _sourceOf[row / MilestoneRows][row % MilestoneRows] = (byte)turns.Next();
        }
    }
}
