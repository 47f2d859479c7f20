namespace ClipGuard.Media.Libav.Video;

/// <summary>The shape of the frames that were delivered, by windows where these were asked for.</summary>
internal static class WindowedVideoShape
{
    /// <summary>The shape of all frames, with the windows as the first dimension where windows were asked for.</summary>
    /// <param name="spec">What was asked for.</param>
    /// <param name="frames">The shape with all frames one after the other.</param>
    public static IReadOnlyList<int> Of(VideoSpec spec, IReadOnlyList<int> frames) =>
        spec.Selection is WindowFrames windows ? [windows.Count, windows.FramesPerWindow, .. frames.Skip(1)] : frames;
}
