using System.Runtime.CompilerServices;

using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>A plan of batches of one number of samples.</summary>
internal sealed class FixedBatchSizePlan : EpochPlan
{
    private readonly EpochRows _rows;
    private readonly RemainingPositions _positions;
    private readonly Func<long, long>? _bucketed;
    private readonly RankBatches _rankBatches;
    private readonly bool _dropLast;

    /// <param name="rows">The rows.</param>
    /// <param name="segments">What was consumed before with other numbers of ranks.</param>
    /// <param name="rankBatches">Which samples this rank has.</param>
    /// <param name="dropLast">Whether a batch that would need padding is dropped.</param>
    /// <param name="bucket">Orders positions for a global batch of the given size; null for their own order.</param>
    public FixedBatchSizePlan(
        EpochRows rows,
        IReadOnlyList<ResumeSegment> segments,
        RankBatches rankBatches,
        bool dropLast,
        Func<RemainingPositions, long, Func<long, long>>? bucket)
    {
        _rows = rows;
        _rankBatches = rankBatches;
        _dropLast = dropLast;
        _positions = RemainingPositions.Whole(rows.Count);
        foreach (ResumeSegment segment in segments)
        {
            _positions = _positions.After(segment, bucket?.Invoke(_positions, (long)segment.BatchSize * segment.World) ?? (static index => index));
        }

        _bucketed = bucket?.Invoke(_positions, (long)rankBatches.BatchSize * rankBatches.RankInfo.World);
    }

    /// <inheritdoc/>
    public override long? Batches => _positions.Length is { } length ? _rankBatches.Count(length, _dropLast) : null;

    /// <inheritdoc/>
    public override async IAsyncEnumerable<PlannedBatch> ReadAsync(long firstBatch, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (long batch = firstBatch; ; batch++)
        {
            if (Batches is null)
            {
                _rows.Passed(_positions[batch * _rankBatches.BatchSize * _rankBatches.RankInfo.World]);
            }

            if (!await ExistsAsync(batch, cancellation).ConfigureAwait(false))
            {
                yield break;
            }

            var samples = new PlannedSample?[_rankBatches.BatchSize];
            for (int slot = 0; slot < samples.Length; slot++)
            {
                samples[slot] = await AtAsync(_rankBatches.IndexOf(batch, slot), cancellation).ConfigureAwait(false);
            }

            yield return new PlannedBatch(batch, samples);
        }
    }

    private async ValueTask<bool> ExistsAsync(long batch, CancellationToken cancellation)
    {
        if (Batches is { } batches)
        {
            return batch < batches;
        }

        // All ranks must have the same number of batches: a batch exists on every rank where any rank has a sample in it (its first sample exists), or,
        // with DropLast, where all of its samples exist (its last one does).
        long globalBatch = (long)_rankBatches.BatchSize * _rankBatches.RankInfo.World;
        long decisive = (batch * globalBatch) + (_dropLast ? globalBatch - 1 : 0);
        return await AtAsync(decisive, cancellation).ConfigureAwait(false) is not null;
    }

    private async ValueTask<PlannedSample?> AtAsync(long index, CancellationToken cancellation)
    {
        if (index >= _positions.Length)
        {
            return null;
        }

        // Buckets read the rows of a whole window, whose storage may not answer.
        long position = _bucketed is { } order
            ? await AbandonableRead.RunAsync(() => Task.FromResult(_positions[order(index)]), cancellation).ConfigureAwait(false)
            : _positions[index];
        return await _rows.AtAsync(position, cancellation).ConfigureAwait(false);
    }
}
