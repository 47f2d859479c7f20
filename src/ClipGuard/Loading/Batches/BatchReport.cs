using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>What happened while a batch was made.</summary>
public sealed record BatchReport
{
    /// <summary>Every row and clip that gave no sample, by position and substitute number.</summary>
    public IReadOnlyList<SampleFault> Faults { get; init; } = [];

    /// <summary>Rows that were tried, faulty ones included.</summary>
    public int TriedRowCount { get; init; }

    /// <summary>Clips decoded into the batch.</summary>
    public int ClipCount { get; init; }

    /// <summary>Bytes copied into the batch.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes of the tensors that the clips are in, padding included; what hooks add does not count.</summary>
    public long TensorBytes { get; init; }

    /// <summary>Time that decodes took, all workers together.</summary>
    public TimeSpan DecodeTime { get; init; }

    /// <summary>Time that the consumer waited for this batch.</summary>
    public TimeSpan Waited { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);
}
