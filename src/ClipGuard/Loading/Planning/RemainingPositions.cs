namespace ClipGuard.Loading;

/// <summary>
/// The positions of an epoch that are not consumed yet, as a list by index. An epoch starts with [0, count). After each segment there remain first the
/// positions that some ranks had got past without all of them being consumed, then all positions that no rank had reached.
/// </summary>
internal sealed class RemainingPositions
{
    private readonly RemainingPositions? _before;
    private readonly Func<long, long> _order;
    private readonly long[] _skipped;
    private readonly long _firstUnreached;

    private RemainingPositions(RemainingPositions? before, Func<long, long> order, long[] skipped, long firstUnreached, long? length)
    {
        _before = before;
        _order = order;
        _skipped = skipped;
        _firstUnreached = firstUnreached;
        Length = length;
    }

    /// <summary>How many positions there are; null where that is not known yet.</summary>
    public long? Length { get; }

    /// <summary>All positions of an epoch.</summary>
    public static RemainingPositions Whole(long? count) => new(null, static index => index, [], 0, count);

    /// <summary>The positions that remain of these after a segment.</summary>
    /// <param name="segment">The batches that were consumed.</param>
    /// <param name="order">Maps the number of a sample of the segment to its index here: the identity, or the order of <see cref="LengthBuckets"/>.</param>
    public RemainingPositions After(ResumeSegment segment, Func<long, long> order)
    {
        long globalBatch = (long)segment.BatchSize * segment.World;
        long end = Length ?? long.MaxValue;
        HashSet<long>[] ahead = [.. segment.Ahead.Select(static batches => batches.ToHashSet())];
        long mostReached = segment.Ahead.SelectMany(static batches => batches).Select(static batch => batch + 1).Concat(segment.Consumed).Max();
        long someReached = Math.Min(mostReached * globalBatch, end);
        var skipped = new List<long>();
        for (long sample = Math.Min(segment.Consumed.Min() * globalBatch, end); sample < someReached; sample++)
        {
            (long batch, int rank) = (sample / globalBatch, (int)(sample % segment.World));
            bool isConsumed = batch < segment.Consumed[rank] || (ahead.Length > 0 && ahead[rank].Contains(batch));
            if (!isConsumed)
            {
                skipped.Add(sample);
            }
        }

        return After([.. skipped], someReached, order);
    }

    /// <summary>The positions that remain of these.</summary>
    /// <param name="skipped">Those before <paramref name="firstUnreached"/> that were not consumed, ascending.</param>
    /// <param name="firstUnreached">The first index that was not reached.</param>
    /// <param name="order">Maps such an index to its index here; null where they are the same.</param>
    public RemainingPositions After(long[] skipped, long firstUnreached, Func<long, long>? order = null)
    {
        long firstLeft = Math.Min(firstUnreached, Length ?? long.MaxValue);
        return new RemainingPositions(this, order ?? (static index => index), skipped, firstLeft, Length is { } end ? skipped.Length + end - firstLeft : null);
    }

    /// <summary>The position with an index.</summary>
    public long this[long index]
    {
        get
        {
            if (_before is null)
            {
                return index;
            }

            long sample = index < _skipped.Length ? _skipped[index] : _firstUnreached + (index - _skipped.Length);
            return _before[_order(sample)];
        }
    }
}
