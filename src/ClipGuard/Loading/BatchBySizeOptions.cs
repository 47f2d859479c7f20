namespace ClipGuard.Loading;

/// <summary>
/// Batches that are bounded by the sizes of their samples together, as seconds, frames, pixels or tokens, and not by a number of samples. Samples of similar
/// size come into one batch, so that little is padded. A batch follows from what the rows say, never from what their clips decode to.
/// </summary>
/// <param name="Size">How large a sample is; the same on every rank.</param>
/// <param name="MaxSize">
/// The most that a batch of one rank may come to, in the unit of <paramref name="Size"/>; positive. A sample that alone is larger has a batch of its own.
/// </param>
public sealed record BatchBySizeOptions(SampleSize Size, double MaxSize)
{
    /// <summary>Most samples in a batch, however small they are. Default 512.</summary>
    public int MaxSamples { get; init; } = 512;

    /// <summary>
    /// Whether padding counts: true bounds the number of samples times the largest of them, which is what padded tensors take; false bounds the sum of the
    /// sizes, which is what ragged ones take. Null (the default) goes by <see cref="LoaderOptions.Layout"/>.
    /// </summary>
    public bool? CountsPadding { get; init; }

    /// <summary>
    /// Samples that are sorted by size before they are cut into batches, as they come in the epoch's order. More of them make sizes within a batch more equal
    /// and the shuffle coarser, and take more memory: some 100 bytes each. At least the world size, and best many batches of all ranks together. Default
    /// 10,000.
    /// </summary>
    public int WindowRows { get; init; } = 10_000;

    internal void Validate(int world)
    {
        ArgumentNullException.ThrowIfNull(Size);

        // What is no number is less than any.
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxSize, 0, nameof(MaxSize));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxSize, double.MaxValue, nameof(MaxSize));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxSamples, nameof(MaxSamples));
        ArgumentOutOfRangeException.ThrowIfLessThan(WindowRows, world, nameof(WindowRows));
    }
}
