using ClipGuard.Manifests;
using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>One decoded sample in the hands of a <see cref="SampleTransform"/>; valid during its call only.</summary>
public sealed class SampleTransformContext
{
    internal SampleTransformContext(int epoch, BatchSample place, IReadOnlyList<TransformClip> clips, ulong seed, CancellationToken cancellation)
    {
        Epoch = epoch;
        BatchSample = place;
        Clips = clips;
        Seed = seed;
        Random = new SeededRandom(seed);
        Cancellation = cancellation;
    }

    /// <summary>What the row says.</summary>
    public Sample Sample => BatchSample.Sample!;

    /// <summary>Which row it is, at which position of the epoch, and whether it is a substitute.</summary>
    public BatchSample BatchSample { get; }

    /// <summary>0-based number of the epoch.</summary>
    public int Epoch { get; }

    /// <summary>The clips that were decoded, in the order in which the row names them.</summary>
    public IReadOnlyList<TransformClip> Clips { get; }

    /// <summary>
    /// Follows from the loader's seed, the epoch, the position in the epoch and the number of the substitute, and from nothing else: not from the rank, the
    /// number of ranks or workers, the order in which samples are decoded, or where the run was resumed. Two samples have the same one only by chance.
    /// </summary>
    public ulong Seed { get; }

    /// <summary>Random numbers that follow from <see cref="Seed"/>, the same in every process and release. It belongs to this sample alone.</summary>
    public Random Random { get; }

    /// <summary>Is cancelled where the loop ends or the loader is disposed, which both wait for hooks that run.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Why the sample is to be dropped; null where it is not.</summary>
    internal string? DropReason { get; private set; }

    /// <summary>
    /// Drops the sample once the hook returns. Another row replaces it under <see cref="BadSamplePolicy.Substitute"/>, the batch is smaller under
    /// <see cref="BadSamplePolicy.Skip"/>, and otherwise its slot is masked. It is in <see cref="BatchReport.Faults"/> with the reason, and does not count as
    /// failure.
    /// </summary>
    /// <param name="reason">One sentence for a person.</param>
    public void Drop(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        DropReason = reason;
    }
}
