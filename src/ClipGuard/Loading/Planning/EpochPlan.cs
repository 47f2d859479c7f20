namespace ClipGuard.Loading;

/// <summary>One rank's batches of one epoch, in order: a pure function of the rows, the earlier segments of the epoch, and the loader's settings.</summary>
internal abstract class EpochPlan
{
    /// <summary>How many batches there are, the same on every rank; null where that is known only at the end.</summary>
    public abstract long? Batches { get; }

    /// <summary>The batches from one on.</summary>
    /// <param name="firstBatch">Its number.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public abstract IAsyncEnumerable<PlannedBatch> ReadAsync(long firstBatch, CancellationToken cancellation);
}

/// <summary>One rank's batch before any of its rows is decoded.</summary>
/// <param name="Number">0-based, from the segment's start.</param>
/// <param name="Samples">Its samples; null for padding.</param>
/// <param name="Start">From where on it can be planned again.</param>
internal readonly record struct PlannedBatch(long Number, PlannedSample?[] Samples, PlanStart Start = default);

/// <summary>
/// A place from which a plan of batches by size can be read on without what comes before. Other plans have none and need none: there it is the default.
/// </summary>
/// <param name="Window">A window's number.</param>
/// <param name="FirstBatch">Number of the first batch of that window.</param>
internal readonly record struct PlanStart(long Window, long FirstBatch);
