namespace ClipGuard.Loading;

/// <summary>The result of filling one slot of a batch.</summary>
/// <param name="Sample">The slot's sample; null where the batch is smaller by it.</param>
/// <param name="Faults">The rows and clips that failed on the way.</param>
internal sealed record SlotResult(BatchSample? Sample, IReadOnlyList<SampleFault> Faults)
{
    public int RowsTried { get; init; }

    public int Clips { get; init; }

    public long Bytes { get; init; }

    public TimeSpan DecodeTime { get; init; }

    /// <summary>Thrown where the batch would have been delivered; null where the loader goes on.</summary>
    public Exception? Fatal { get; init; }

    /// <summary>The result of a slot without a sample.</summary>
    /// <param name="policy">What happens with it.</param>
    /// <param name="faults">Why, in the order in which rows were tried.</param>
    public static SlotResult Without(BadSamplePolicy policy, IReadOnlyList<SampleFault> faults)
    {
        SampleFault first = faults[0];

        // A sample that was dropped on purpose is nothing to end a run for.
        return (faults[^1].IsDropped && policy == BadSamplePolicy.Throw ? BadSamplePolicy.Mask : policy) switch
        {
            BadSamplePolicy.Skip => new SlotResult(null, faults),
            BadSamplePolicy.Throw => new SlotResult(null, faults)
            {
                Fatal = new BadSampleException($"The row at line {first.Line} gave no sample: {first.Message}", faults),
            },
            _ => new SlotResult(new BatchSample { Position = first.Position, Line = first.Line, Origin = first.Origin, IsMasked = true }, faults),
        };
    }
}
