namespace ClipGuard.Loading;

/// <summary>What filling one place of a batch came to.</summary>
/// <param name="Sample">What stands there; null where the place is left out.</param>
/// <param name="Faults">What failed on the way.</param>
internal sealed record SlotResult(BatchSample? Sample, IReadOnlyList<SampleFault> Faults)
{
    public int RowsTried { get; init; }

    public int Clips { get; init; }

    public long Bytes { get; init; }

    public TimeSpan DecodeTime { get; init; }

    /// <summary>Ends the loader when the batch's turn comes; null where it goes on.</summary>
    public Exception? Fatal { get; init; }

    /// <summary>A place for which nothing was found.</summary>
    /// <param name="policy">What is to become of it.</param>
    /// <param name="faults">Why; the first of them is about the position's own row, unless that came later.</param>
    public static SlotResult Without(BadSamplePolicy policy, IReadOnlyList<SampleFault> faults)
    {
        SampleFault first = faults[0];
        return policy switch
        {
            BadSamplePolicy.Skip => new SlotResult(null, faults),
            BadSamplePolicy.Throw => new SlotResult(null, faults) { Fatal = new BadSampleException($"The row at line {first.Line} gave no sample: {first.Message}", faults) },
            _ => new SlotResult(new BatchSample { Position = first.Position, Line = first.Line, Origin = first.Origin, IsMasked = true }, faults),
        };
    }
}
