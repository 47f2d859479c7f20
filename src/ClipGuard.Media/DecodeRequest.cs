namespace ClipGuard.Media;

/// <summary>One decode: which bytes, as what, within which limits.</summary>
/// <param name="Source">Where the bytes are.</param>
/// <param name="Spec">What to deliver.</param>
public sealed record DecodeRequest(ClipSource Source, ClipSpec Spec)
{
    /// <summary>What the decode may ask for.</summary>
    public DecodeLimits Limits { get; init; } = new();

    /// <summary>
    /// Threads that the decoder of a video may use. Null (the default) is what the supervisor's options say; a decoder that is called without one takes it
    /// for 1. What is decoded does not depend on it.
    /// </summary>
    public int? DecoderThreads { get; init; }
}
