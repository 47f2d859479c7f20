namespace ClipGuard.Loading;

/// <summary>What batches by size were bounded by, and from where on they can be planned again, in a <see cref="LoaderState"/>.</summary>
/// <param name="Size">The name of <see cref="BatchBySizeOptions.Size"/>.</param>
/// <param name="MaxSize">As in <see cref="BatchBySizeOptions"/>.</param>
/// <param name="MaxSamples">As in <see cref="BatchBySizeOptions"/>.</param>
/// <param name="CountsPadding">Whether padding counted towards <paramref name="MaxSize"/>.</param>
/// <param name="WindowRows">As in <see cref="BatchBySizeOptions"/>.</param>
/// <param name="Window">Number of a window all batches before which are consumed.</param>
/// <param name="FirstBatch">Number of the first batch of that window.</param>
public sealed record BatchBySizeState(string Size, double MaxSize, int MaxSamples, bool CountsPadding, int WindowRows, long Window, long FirstBatch)
{
    internal static BatchBySizeState? Of(LoaderOptions options, PlanStart start) => options.BatchBySize is not { } bySize ? null : new(
        bySize.Size.Name,
        bySize.MaxSize,
        bySize.MaxSamples,
        bySize.CountsPadding ?? options.Layout == BatchLayout.Padded,
        bySize.WindowRows,
        start.Window,
        start.FirstBatch);

    /// <summary>Whether both make the same batches.</summary>
    internal static bool AreAlike(BatchBySizeState? one, BatchBySizeState? other) =>
        one is null || other is null ? one == other : one with { Window = 0, FirstBatch = 0 } == other with { Window = 0, FirstBatch = 0 };

    internal PlanStart Start => new(Window, FirstBatch);

    /// <summary>Whether its numbers can be those of a run in which a rank has consumed so many batches.</summary>
    internal bool IsPossible(long consumed, long mostSamples) =>
        Size is not null && double.IsFinite(MaxSize) && MaxSize > 0 && MaxSamples >= 1 && WindowRows >= 1
        && Window >= 0 && Window <= mostSamples / WindowRows && FirstBatch >= 0 && FirstBatch <= consumed;
}
