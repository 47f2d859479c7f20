namespace ClipGuard.Loading;

/// <summary>
/// The positions that are still to be consumed, in order. An epoch starts with [0, count); each leg that ended leaves what it did not consume,
/// first what only some of its ranks had reached, then the rest.
/// </summary>
internal sealed class Sequence
{
    private readonly Sequence? _before;
    private readonly Func<long, long> _order;
    private readonly long[] _left;
    private readonly long _tail;

    private Sequence(Sequence? before, Func<long, long> order, long[] left, long tail, long? length)
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
    public static Sequence Whole(long? count) => new(null, static index => index, [], 0, count);

    /// <summary>What is left of this sequence after a leg.</summary>
    /// <param name="leg">What was consumed.</param>
    /// <param name="order">Which place of this sequence the leg's n-th sample was; it deals them out in turn over its ranks.</param>
    public Sequence After(PlanLeg leg, Func<long, long> order)
    {
        long globalBatch = (long)leg.BatchSize * leg.World;
        long end = Length ?? long.MaxValue;
        HashSet<long>[] ahead = [.. leg.Ahead.Select(static batches => batches.ToHashSet())];
        long mostReached = leg.Ahead.SelectMany(static batches => batches).Select(static batch => batch + 1).Concat(leg.Consumed).Max();
        long someReached = Math.Min(mostReached * globalBatch, end);
        var left = new List<long>();
        for (long place = Math.Min(leg.Consumed.Min() * globalBatch, end); place < someReached; place++)
        {
            (long batch, int rank) = (place / globalBatch, (int)(place % leg.World));
            bool isConsumed = batch < leg.Consumed[rank] || (ahead.Length > 0 && ahead[rank].Contains(batch));
            if (!isConsumed)
            {
                left.Add(place);
            }
        }

        return new Sequence(this, order, [.. left], someReached, Length is null ? null : left.Count + end - someReached);
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
