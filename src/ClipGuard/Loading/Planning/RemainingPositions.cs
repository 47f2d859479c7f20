namespace ClipGuard.Loading;

/// <summary>
/// The positions that are still to be consumed, in order. An epoch starts with [0, count); each segment that ended leaves what it did not consume,
/// first what only some of its ranks had reached, then the rest.
/// </summary>
internal sealed class RemainingPositions
{
    private readonly RemainingPositions? _before;
    private readonly Func<long, long> _order;
    private readonly long[] _left;
    private readonly long _tail;

    private RemainingPositions(RemainingPositions? before, Func<long, long> order, long[] left, long tail, long? length)
    {
        _before = before;
        _order = order;
        _left = left;
        _tail = tail;
        Length = length;
    }

    /// <summary>How many positions there are; null where nobody knows yet.</summary>
    public long? Length { get; }

    /// <summary>All positions of an epoch.</summary>
    public static RemainingPositions Whole(long? count) => new(null, static index => index, [], 0, count);

    /// <summary>What is left of this sequence after a segment.</summary>
    /// <param name="segment">What was consumed.</param>
    /// <param name="order">Which place of this sequence the segment's n-th sample was; it deals them out in turn over its ranks.</param>
    public RemainingPositions After(ResumeSegment segment, Func<long, long> order)
    {
        long globalBatch = (long)segment.BatchSize * segment.World;
        long end = Length ?? long.MaxValue;
        HashSet<long>[] ahead = [.. segment.Ahead.Select(static batches => batches.ToHashSet())];
        long mostReached = segment.Ahead.SelectMany(static batches => batches).Select(static batch => batch + 1).Concat(segment.Consumed).Max();
        long someReached = Math.Min(mostReached * globalBatch, end);
        var left = new List<long>();
        for (long place = Math.Min(segment.Consumed.Min() * globalBatch, end); place < someReached; place++)
        {
            (long batch, int rank) = (place / globalBatch, (int)(place % segment.World));
            bool isConsumed = batch < segment.Consumed[rank] || (ahead.Length > 0 && ahead[rank].Contains(batch));
            if (!isConsumed)
            {
                left.Add(place);
            }
        }

        return new RemainingPositions(this, order, [.. left], someReached, Length is null ? null : left.Count + end - someReached);
    }

    /// <summary>The position in one place.</summary>
    public long this[long index]
    {
        get
        {
            if (_before is null)
            {
                return index;
            }

            long place = index < _left.Length ? _left[index] : _tail + (index - _left.Length);
            return _before[_order(place)];
        }
    }
}
