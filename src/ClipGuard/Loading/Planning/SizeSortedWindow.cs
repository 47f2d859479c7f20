using ClipGuard.Manifests;
using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>
/// One window of a plan of batches by size: its samples sorted by size, and cut into steps of one batch for each rank. The batches of a step are neighbors in
/// size, so that no rank waits long for another, and the steps are shuffled, so that they do not go from small to large.
/// </summary>
internal sealed class SizeSortedWindow
{
    private const int MostChoices = 256;
    private const int FewChoices = 32;

    private readonly PlannedSample[] _samples;
    private readonly double[] _sizes;
    private readonly double _maxSize;
    private readonly long[] _indexes;
    private readonly List<(int First, int End)> _batches;
    private readonly int _world;
    private readonly Permutation _shuffle;
    private readonly ulong _key;

    /// <param name="samples">In the order of the plan.</param>
    /// <param name="sizes">Their sizes.</param>
    /// <param name="firstIndex">The first one's index among the remaining positions.</param>
    /// <param name="bounds">What a batch may come to.</param>
    /// <param name="world">Number of ranks.</param>
    /// <param name="key">Which shuffle.</param>
    public SizeSortedWindow(IReadOnlyList<PlannedSample> samples, IReadOnlyList<double> sizes, long firstIndex, BatchBySizeState bounds, int world, ulong key)
    {
        // By size and then by place, so that the order of equal sizes does not depend on the algorithm.
        int[] order = [.. Enumerable.Range(0, samples.Count).Order(Comparer<int>.Create((a, b) => (sizes[a], a).CompareTo((sizes[b], b))))];
        _samples = [.. order.Select(place => samples[place])];
        _indexes = [.. order.Select(place => firstIndex + place)];
        _sizes = [.. order.Select(place => sizes[place])];
        _maxSize = bounds.MaxSize;
        _batches = SizedBatchCutter.Cut(_sizes, bounds, world);
        _world = world;
        _key = key;
        _shuffle = new Permutation(key, _batches.Count / world);
    }

    /// <summary>How many batches each rank has of it.</summary>
    public int Steps => (_batches.Count + _world - 1) / _world;

    /// <summary>Whether ranks have no sample in a step. It can only be the last one.</summary>
    public bool IsShort(int step) => (step + 1) * _world > _batches.Count;

    /// <summary>A rank's batch of a step, its largest sample first, which then is decoded first; one that is padding where it has none.</summary>
    public PlannedSample?[] BatchOf(int step, int rank)
    {
        (int first, int end) = RangeOf(step, rank);
        if (first == end)
        {
            return [null];
        }

        var samples = new PlannedSample?[end - first];
        RowsOfAWindow rows = ChoicesOf(first, end);
        for (int place = first; place < end; place++)
        {
            samples[end - 1 - place] = new PlannedSample(_samples[place].Position, rows, place);
        }

        return samples;
    }

    /// <summary>The indexes, among the remaining positions, of the samples of a rank's batch.</summary>
    public ReadOnlySpan<long> IndexesOf(int step, int rank)
    {
        (int first, int end) = RangeOf(step, rank);
        return _indexes.AsSpan(first, end - first);
    }

    // The nearest of those that are no larger than the batch's largest. At the small end there are few: there larger ones are among them, as long as the batch
    // keeps its bound with nothing but them.
    private RowsOfAWindow ChoicesOf(int first, int end)
    {
        int firstChoice = Math.Max(0, end - MostChoices);
        int endOfChoices = end;
        while (endOfChoices - firstChoice < FewChoices && endOfChoices < _sizes.Length && _sizes[endOfChoices] * (end - first) <= _maxSize)
        {
            endOfChoices++;
        }

        return new RowsOfAWindow(_samples, firstChoice, endOfChoices);
    }

    private (int First, int End) RangeOf(int step, int rank)
    {
        if (IsShort(step))
        {
            int last = (step * _world) + rank;
            return last < _batches.Count ? _batches[last] : default;
        }

        // Ranks take turns, or one of them would always have the largest samples.
        int turn = (int)StableHash.Below(StableHash.Of(_key, (ulong)step), _world);
        return _batches[(int)(_shuffle[step] * _world) + ((rank + turn) % _world)];
    }

    /// <summary>
    /// What a batch's samples and their substitutes come from: samples of the window that are about as large, so that a substitute does not break the batch's
    /// bound.
    /// </summary>
    /// <param name="samples">In order of size.</param>
    /// <param name="firstChoice">The first that a substitute may be.</param>
    /// <param name="endOfChoices">Behind the last one.</param>
    private sealed class RowsOfAWindow(PlannedSample[] samples, int firstChoice, int endOfChoices) : IRowChoice
    {
        public long Choices => endOfChoices - firstChoice;

        public long Choose(long nth) => endOfChoices - 1 - nth;

        public ValueTask<ManifestRow> ReadAsync(long row, CancellationToken cancellation) => samples[row].Rows.ReadAsync(samples[row].Row, cancellation);

        public ManifestRow Read(long row) => samples[row].Rows.Read(samples[row].Row);
    }
}
