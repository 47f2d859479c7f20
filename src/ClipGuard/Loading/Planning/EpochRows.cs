using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>The rows of an epoch by position.</summary>
internal abstract class EpochRows : IAsyncDisposable
{
    /// <summary>How many positions there are; null where that is known only at the end.</summary>
    public abstract long? Count { get; }

    /// <summary>The sample at a position. Positions are asked for in ascending order where <see cref="Count"/> is not known.</summary>
    /// <returns>Null at and after the end.</returns>
    public abstract ValueTask<PlannedSample?> AtAsync(long position, CancellationToken cancellation);

    /// <summary>Positions before this one are not asked for any more.</summary>
    public virtual void Passed(long position)
    {
    }

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Rows that have an index.</summary>
/// <param name="rows">The index.</param>
/// <param name="order">Which row is at a position.</param>
/// <param name="manifest">Name of the manifest.</param>
/// <param name="limit">The longest that reading a row may take.</param>
internal sealed class IndexedEpochRows(IndexedRows rows, RowOrder order, string manifest, TimeSpan limit) : EpochRows, IRowChoice
{
    public override long? Count => order.Count;

    public long Choices => order.Count;

    public override ValueTask<PlannedSample?> AtAsync(long position, CancellationToken cancellation)
    {
        if (position >= order.Count)
        {
            return new(default(PlannedSample));
        }

        IRowChoice choice = order.NearTo(position) is var (first, count) ? new NearRows(this, order, first, count) : this;
        return new(new PlannedSample(position, choice, order.RowAt(position)));
    }

    public long Choose(long nth) => order.NthIncluded(nth);

    public ValueTask<ManifestRow> ReadAsync(long row, CancellationToken cancellation) =>
        new(AbandonableRead.OfRowAsync(() => Read(row), manifest, limit, cancellation));

    public ManifestRow Read(long row) => rows.Read(row);
}

/// <summary>Rows that are read together: a substitute that lay elsewhere would have to be read for from the start of its group.</summary>
/// <param name="rows">All rows.</param>
/// <param name="order">Which row is at a position.</param>
/// <param name="first">First position of the window.</param>
/// <param name="count">Positions of the window.</param>
internal sealed class NearRows(IRowChoice rows, RowOrder order, long first, long count) : IRowChoice
{
    public long Choices => count;

    public long Choose(long nth) => order.RowAt(first + nth);

    public ValueTask<ManifestRow> ReadAsync(long row, CancellationToken cancellation) => rows.ReadAsync(row, cancellation);

    public ManifestRow Read(long row) => rows.Read(row);
}
