using ClipGuard.Manifests;

using System.Runtime.CompilerServices;

namespace ClipGuard.Loading;

/// <summary>One rank's batches of one epoch, in order: a pure function of the rows, the segments that were run before, and the loader's settings.</summary>
internal sealed class EpochPlan
{
    private readonly EpochRows _rows;
    private readonly RemainingPositions _sequence;
    private readonly Func<long, long>? _bucketed;
    private readonly RankBatches _dealt;
    private readonly bool _dropLast;

    /// <param name="rows">The rows.</param>
    /// <param name="segments">What was consumed before with other numbers of ranks.</param>
    /// <param name="dealt">This rank's hand.</param>
    /// <param name="dropLast">Whether a batch that would need padding is left out.</param>
    /// <param name="bucket">Orders a sequence for a global batch of the given size; null for the sequence's own order.</param>
    public EpochPlan(EpochRows rows, IReadOnlyList<ResumeSegment> segments, RankBatches dealt, bool dropLast, Func<RemainingPositions, long, Func<long, long>>? bucket)
    {
        _rows = rows;
        _dealt = dealt;
        _dropLast = dropLast;
        _sequence = segments.Aggregate(
            RemainingPositions.Whole(rows.Count), (left, segment) => left.After(segment, bucket?.Invoke(left, (long)segment.BatchSize * segment.World) ?? (static place => place)));
        _bucketed = bucket?.Invoke(_sequence, (long)dealt.BatchSize * dealt.RankInfo.World);
    }

    /// <summary>How many batches there are; null where that shows only at the end.</summary>
    public long? Batches => _sequence.Length is { } length ? _dealt.Count(length, _dropLast) : null;

    /// <summary>The batches from one on. A sample that is null is padding.</summary>
    public async IAsyncEnumerable<PlannedSample?[]> ReadAsync(long firstBatch, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (long batch = firstBatch; ; batch++)
        {
            if (Batches is null)
            {
                _rows.Passed(_sequence[batch * _dealt.BatchSize * _dealt.RankInfo.World]);
            }

            if (!await ExistsAsync(batch, cancellation).ConfigureAwait(false))
            {
                yield break;
            }

            var samples = new PlannedSample?[_dealt.BatchSize];
            for (int slot = 0; slot < samples.Length; slot++)
            {
                samples[slot] = await AtAsync(_dealt.PlaceOf(batch, slot), cancellation).ConfigureAwait(false);
            }

            yield return samples;
        }
    }

    private async ValueTask<bool> ExistsAsync(long batch, CancellationToken cancellation)
    {
        if (Batches is { } batches)
        {
            return batch < batches;
        }

        // A batch exists on every rank as soon as any rank has a sample in it.
        long globalBatch = (long)_dealt.BatchSize * _dealt.RankInfo.World;
        long decisive = (batch * globalBatch) + (_dropLast ? globalBatch - 1 : 0);
        return await AtAsync(decisive, cancellation).ConfigureAwait(false) is not null;
    }

    private async ValueTask<PlannedSample?> AtAsync(long place, CancellationToken cancellation)
    {
        if (place >= _sequence.Length)
        {
            return null;
        }

        // Putting a window into buckets reads its rows.
        long position = _bucketed is { } order
            ? await AbandonableRead.RunAsync(() => Task.FromResult(_sequence[order(place)]), cancellation).ConfigureAwait(false)
            : _sequence[place];
        return await _rows.AtAsync(position, cancellation).ConfigureAwait(false);
    }
}
