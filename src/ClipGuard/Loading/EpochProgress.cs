using System.Collections.Immutable;

using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>How far one rank is in an epoch.</summary>
/// <param name="Epoch">0-based.</param>
/// <param name="ResumeSegments">What was consumed before with other ranks.</param>
/// <param name="ExcludedLines">Frozen when the epoch began, in order.</param>
/// <param name="Consumed">Every batch of the present segment with a number below this is consumed.</param>
/// <param name="Ahead">Numbers of batches above <paramref name="Consumed"/> that are consumed too, where batches are delivered out of order.</param>
internal sealed record EpochProgress(
    int Epoch, IReadOnlyList<ResumeSegment> ResumeSegments, IReadOnlyList<ManifestLineReference> ExcludedLines, long Consumed, ImmutableSortedSet<long> Ahead)
{
    /// <summary>Lines that failed in the batches consumed so far; kept only with <see cref="LoaderOptions.ExcludeFailed"/>.</summary>
    public ImmutableHashSet<ManifestLineReference> FailedLines { get; init; } = [];

    /// <summary>The snapshot of the verdict store whose clips are left out; null for none. Frozen when the epoch began.</summary>
    public string? Snapshot { get; init; }

    /// <summary>
    /// From where on the batches that are not consumed can be planned, by the first batch there: one for those without gaps, others for those beyond.
    /// </summary>
    public ImmutableSortedDictionary<long, long> Windows { get; init; } = ImmutableSortedDictionary<long, long>.Empty.Add(0, 0);

    /// <summary>From where on all batches that are not consumed can be planned.</summary>
    public PlanStart Start => new(Windows.First().Value, Windows.First().Key);

    /// <summary>What the failure budget has seen in the batches consumed so far.</summary>
    public FailureCount Failures { get; init; }

    public static EpochProgress Begin(int epoch, IReadOnlyList<ResumeSegment> segments, IReadOnlyList<ManifestLineReference> excludedLines) =>
        new(epoch, segments, excludedLines, 0, []);

    /// <summary>The progress once a batch is consumed.</summary>
    public EpochProgress After(long batch, PlanStart start = default)
    {
        ImmutableSortedSet<long> ahead = Ahead.Add(batch);
        long consumed = Consumed;
        while (ahead.Count > 0 && ahead.Min == consumed)
        {
            ahead = ahead.Remove(consumed++);
        }

        ImmutableSortedDictionary<long, long> windows = Windows.SetItem(start.FirstBatch, start.Window);
        while (windows.Count > 1 && windows.Keys.Skip(1).First() <= consumed)
        {
            windows = windows.Remove(windows.Keys.First());
        }

        return this with { Consumed = consumed, Ahead = ahead, Windows = windows };
    }
}
