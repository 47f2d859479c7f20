namespace ClipGuard.Media;

/// <summary>
/// A look at a clip instead of its decoded data: the payload is a <see cref="ClipDescription"/> as UTF-8 JSON, its shape the number of bytes.
/// Damage is told in it and is no fault. It travels like every other spec, so that looking at a clip is as guarded as decoding it.
/// </summary>
public sealed record InspectSpec : ClipSpec
{
    /// <summary>A look is at all streams, whatever their kind; this says video for want of a better word.</summary>
    public override ClipKind Kind => ClipKind.Video;

    /// <summary>
    /// Decodes every audio and video stream to its end, to count what is really there and what is damaged. Default true; false tells what the headers say.
    /// </summary>
    public bool CountFrames { get; init; } = true;
}
