namespace ClipGuard.Loading;

/// <summary>What happens where a row gives no sample.</summary>
public enum BadSamplePolicy
{
    /// <summary>
    /// Another row takes its place: a pure function of seed, epoch, position and attempt, and recorded in the batch.
    /// Where that one is bad too, the next, up to <see cref="LoaderOptions.SubstituteAttempts"/>; then the sample is masked.
    /// </summary>
    Substitute,

    /// <summary>The batch is smaller by it, and left out where nothing is left of it. Ranks may then differ in their numbers of batches.</summary>
    Skip,

    /// <summary>Its place holds zeros and is flagged in <see cref="Batch.Mask"/>.</summary>
    Mask,

    /// <summary>The run ends with a <see cref="BadSampleException"/> when its batch's turn comes.</summary>
    Throw,
}
