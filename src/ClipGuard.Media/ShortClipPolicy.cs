namespace ClipGuard.Media;

/// <summary>What happens with a clip that is shorter than one window.</summary>
public enum ShortClipPolicy
{
    /// <summary>It is <see cref="FaultKind.Unsupported"/>.</summary>
    Refuse,

    /// <summary>Every window begins with the clip; silence follows its end, or its last frame again and again.</summary>
    Pad,

    /// <summary>Every window begins with the clip, and the clip begins again behind its end. Audio is resampled before.</summary>
    Loop,
}
