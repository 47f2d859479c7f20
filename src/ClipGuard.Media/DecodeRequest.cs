namespace ClipGuard.Media;

/// <summary>One decode: which bytes, as what, within which limits.</summary>
/// <param name="Source">Where the bytes are.</param>
/// <param name="Spec">What to deliver.</param>
public sealed record DecodeRequest(ClipSource Source, ClipSpec Spec)
{
    /// <summary>What the decode may ask for.</summary>
    public DecodeLimits Limits { get; init; } = new();

    /// <summary>
    /// Threads the decoder may use. Default 1: FFmpeg's frame and slice threading has deadlocked on healthy clips under load,
    /// and parallel clips use the cores better than parallel slices.
    /// </summary>
    public int DecoderThreads { get; init; } = 1;
}
