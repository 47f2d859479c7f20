namespace ClipGuard.Media;

/// <summary>A decoder's own finding that a clip cannot be delivered.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Stage">Where.</param>
/// <param name="Message">One sentence: what was found, and what was expected or allowed.</param>
public sealed record DecoderFault(FaultKind Kind, DecodeStage Stage, string Message)
{
    /// <summary>
    /// Of a clip that is <see cref="FaultKind.Missing"/>: the storage's error behind it, so that the clip is not to blame; null where there is none.
    /// </summary>
    public StorageError? Storage { get; init; }

    /// <summary>
    /// True where it was found before any decoder had been given a byte of the clip, as of one that is missing or empty: then nothing of it can have stayed
    /// behind in the process.
    /// </summary>
    public bool BeforeDecoding { get; init; }
}
