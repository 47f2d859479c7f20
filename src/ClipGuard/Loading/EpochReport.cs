using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Loading;

/// <summary>Counts and times of an epoch, or of the part of it that was read, on this rank.</summary>
public sealed record EpochReport
{
    /// <summary>0-based.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches delivered.</summary>
    public long BatchCount { get; init; }

    /// <summary>Samples delivered that are real.</summary>
    public long SampleCount { get; init; }

    /// <summary>Those of them that are substitutes for others.</summary>
    public long SubstituteCount { get; init; }

    /// <summary>Slots that hold zeros: padding and masked samples.</summary>
    public long MaskedCount { get; init; }

    /// <summary>Clips decoded into batches.</summary>
    public long ClipCount { get; init; }

    /// <summary>Bytes copied into batches.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes of the tensors that the clips are in, padding included; what hooks add does not count.</summary>
    public long TensorBytes { get; init; }

    /// <summary>Share of the tensors that is padding, in [0, 1]; 0 where there are none.</summary>
    public double PaddingShare => TensorBytes == 0 ? 0 : (double)(TensorBytes - Bytes) / TensorBytes;

    /// <summary>Bad clips by fault.</summary>
    public IReadOnlyDictionary<FaultKind, long> Faults { get; init; } = new Dictionary<FaultKind, long>();

    /// <summary>Clips that could not be decoded for a reason that is not theirs.</summary>
    public long UnsettledCount { get; init; }

    /// <summary>Rows that were no samples.</summary>
    public long BadRowCount { get; init; }

    /// <summary>Samples for which the <see cref="LoaderOptions.Transform"/> hook threw.</summary>
    public long TransformFailureCount { get; init; }

    /// <summary>Samples that the <see cref="LoaderOptions.Transform"/> hook dropped.</summary>
    public long DroppedCount { get; init; }

    /// <summary>Wall clock from the loop's start to its end.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>How much of it the consumer waited for batches.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>Time that decodes took, all workers together, from dispatch to verdict.</summary>
    public TimeSpan DecodeTime { get; init; }

    /// <summary>Time that complete batches waited for the consumer to take them, all together.</summary>
    public TimeSpan WaitedForConsumer { get; init; }

    /// <summary>Where the time of the clips went, by kind and codec, those that took the most time first.</summary>
    public IReadOnlyList<CodecTimings> Profile { get; init; } = [];

    /// <summary>What was read ahead of the decodes.</summary>
    public ReadAheadReport ReadAhead { get; init; } = new();

    /// <summary>
    /// Share of the machine's processors that was busy meanwhile, in [0, 1], by all programs together; null where the system does not say.
    /// </summary>
    public double? ProcessorUse { get; init; }

    /// <summary>Which part was slow.</summary>
    public Bottleneck Bottleneck { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);
}

/// <summary>What held an epoch up.</summary>
public enum Bottleneck
{
    /// <summary>The training loop: it waited for batches during less than a tenth of the time.</summary>
    Consumer,

    /// <summary>Decoding: the loop waited, and the processors that the workers can use were busy.</summary>
    Decoding,

    /// <summary>Storage: the loop waited, and clips waited for their bytes half of their time, or processors were idle while the workers had work.</summary>
    Storage,
}
