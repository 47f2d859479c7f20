using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>
/// Puts samples of similar size into one batch: within windows of whole global batches samples are sorted by size, and then the batches are shuffled, so that
/// they do not go from short to long. A pure function of the sizes: every rank gets the same order.
/// </summary>
internal sealed class LengthBuckets
{
    private const ulong Purpose = 0xB0C7;
    private const int KeptWindows = 4;

    private readonly RemainingPositions _positions;
    private readonly Func<long, double> _sizeOf;
    private readonly long _globalBatch;
    private readonly long _window;
    private readonly ulong _key;
    private readonly Dictionary<long, long[]> _windows = [];
    private readonly Queue<long> _age = [];

    /// <param name="positions">The positions to order; of known length.</param>
    /// <param name="sizeOf">Size of the sample at a position.</param>
    /// <param name="globalBatch">Samples in a batch of all ranks together.</param>
    /// <param name="windowBatches">Global batches in a window.</param>
    /// <param name="seed">Of the loader.</param>
    /// <param name="epoch">0-based.</param>
    public LengthBuckets(RemainingPositions positions, Func<long, double> sizeOf, long globalBatch, int windowBatches, ulong seed, int epoch)
    {
        _positions = positions;
        _sizeOf = sizeOf;
        _globalBatch = globalBatch;
        _window = globalBatch * windowBatches;
        _key = StableHash.Of(seed, Purpose, (ulong)epoch);
    }

    /// <summary>Maps an index of the bucketed order to the index of <see cref="RemainingPositions"/> that comes there. One thread at a time.</summary>
    public long IndexAt(long index)
    {
        long number = index / _window;
        if (!_windows.TryGetValue(number, out long[]? order))
        {
            order = Arrange(number);
            _windows.Add(number, order);
            _age.Enqueue(number);
            if (_age.Count > KeptWindows)
            {
                _windows.Remove(_age.Dequeue());
            }
        }

        return order[index % _window];
    }

    private long[] Arrange(long number)
    {
        long first = number * _window;
        int count = (int)Math.Min(_window, _positions.Length!.Value - first);
        long[] indexes = new long[count];
        double[] sizes = new double[count];
        for (int i = 0; i < count; i++)
        {
            indexes[i] = first + i;
            sizes[i] = _sizeOf(_positions[first + i]);
        }

        // Sorted by size and then by index, so that the order of equal sizes does not depend on the algorithm.
        long[] sorted = [.. indexes.Order(Comparer<long>.Create((a, b) => (sizes[a - first], a).CompareTo((sizes[b - first], b))))];

        // A batch that is not full is not shuffled and stays the last, since only the last batch may be padded.
        int whole = (int)(count / _globalBatch);
        var shuffle = new Permutation(StableHash.Of(_key, (ulong)number), whole);
        long[] order = new long[count];
        for (int batch = 0; batch < whole; batch++)
        {
            Array.Copy(sorted, shuffle[batch] * _globalBatch, order, batch * _globalBatch, _globalBatch);
        }

        Array.Copy(sorted, whole * _globalBatch, order, whole * _globalBatch, count - (whole * _globalBatch));
        return order;
    }
}
