namespace ClipGuard.Media.Streams;

/// <summary>What a clip that is to become a stream is by itself: one of the two is there.</summary>
public sealed record ClipShape
{
    /// <summary>Of a video: its own size, depth, sampling and rate, or the nearest that a raw stream can have.</summary>
    public VideoShape? Video { get; init; }

    /// <summary>Of audio: its own rate and channels.</summary>
    public AudioShape? Audio { get; init; }
}
