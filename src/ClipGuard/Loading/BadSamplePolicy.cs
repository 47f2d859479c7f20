namespace ClipGuard.Loading;

/// <summary>What happens where a row gives no sample.</summary>
public enum BadSamplePolicy
{
    /// <summary>
    /// Another row replaces it: a pure function of seed, epoch, position and the substitute's number, and recorded in the batch.
    /// Where that one is bad too, the next, up to <see cref="LoaderOptions.MaxSubstitutes"/>; then the sample is masked.
    /// </summary>
    Substitute,

    /// <summary>The batch is smaller by it, and is not delivered where it is empty. Ranks may then differ in their numbers of batches.</summary>
    Skip,

    /// <summary>Its slot in the batch holds zeros and is flagged in <see cref="Batch.Mask"/>.</summary>
    Mask,

    /// <summary>The run ends with a <see cref="BadSampleException"/> where its batch would have been delivered.</summary>
    Throw,
}
