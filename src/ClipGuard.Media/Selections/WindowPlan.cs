namespace ClipGuard.Media.Selections;

/// <summary>Where windows lie within a clip: pure functions of what is asked for and how long the clip is.</summary>
internal static class WindowPlan
{
    // Times are sums and quotients of doubles; a frame must not be missed by their last bit.
    private const double ToleranceSeconds = 1e-6;

    /// <summary>The positions in [0, 1] that are asked for.</summary>
    public static IReadOnlyList<double> Positions(int count, IReadOnlyList<double>? given) =>
        given ?? [.. Enumerable.Range(0, count).Select(i => count == 1 ? 0 : i / (count - 1.0))];

    /// <summary>Where a window of a known length begins.</summary>
    /// <param name="position">In [0, 1].</param>
    /// <param name="free">By how much the clip is longer than a window; at least 0.</param>
    public static long Begin(double position, long free) => Math.Min(free, (long)(position * (free + 1)));

    /// <summary>The frames of all windows, one window after the other.</summary>
    /// <param name="windows">What is asked for.</param>
    /// <param name="timeline">What there is.</param>
    /// <param name="first">The first frame in range.</param>
    /// <param name="last">The last frame in range.</param>
    /// <param name="frames">Numbers on the timeline.</param>
    /// <returns>Null, or why the video cannot serve them.</returns>
    public static string? Pick(WindowFrames windows, FrameTimeline timeline, int first, int last, out int[] frames) => windows.PerSecond is { } rate
        ? PickByTime(windows, rate, timeline, first, last, out frames)
        : PickByNumber(windows, first, last, out frames);

    private static string? PickByNumber(WindowFrames windows, int first, int last, out int[] frames)
    {
        int total = last - first + 1;
        int free = total - windows.FramesPerWindow;
        frames = [];
        if (free < 0 && windows.WhenShort == ShortClipPolicy.Refuse)
        {
            return $"A window has {windows.FramesPerWindow} frames, and the range has {total}.";
        }

        int NumberOf(long frame) => first + (int)(frame < total ? frame : windows.WhenShort == ShortClipPolicy.Loop ? frame % total : total - 1);
        frames = FramesOf(windows, (position, i) => NumberOf(Begin(position, Math.Max(0, free)) + i));
        return null;
    }

    private static string? PickByTime(WindowFrames windows, double rate, FrameTimeline timeline, int first, int last, out int[] frames)
    {
        double start = timeline.Seconds(first);

        // How long the last frame of all stays on show is partly known from its packet only, which may not have been read; so it is taken to last as long as
        // a frame of the video does.
        double end = last + 1 < timeline.Count ? timeline.Seconds(last + 1) : timeline.Seconds(last) + (1 / timeline.RateHz);
        double length = windows.FramesPerWindow / rate;
        double free = end - start - length;
        frames = [];
        if (free < -ToleranceSeconds && windows.WhenShort == ShortClipPolicy.Refuse)
        {
            return $"A window lasts {length:0.######} s, and the range {end - start:0.######} s.";
        }

        int OnShow(double position, int i)
        {
            double offset = (position * Math.Max(0, free)) + (i / rate) + ToleranceSeconds;
            offset = windows.WhenShort == ShortClipPolicy.Loop && free < -ToleranceSeconds ? offset % (end - start) : offset;
            return timeline.OnShowAt(start + offset) is >= 0 and var frame ? Math.Clamp(frame, first, last) : last;
        }

        frames = FramesOf(windows, OnShow);
        return null;
    }

    private static int[] FramesOf(WindowFrames windows, Func<double, int, int> frame) =>
    [
        .. from position in Positions(windows.Count, windows.Positions)
           from i in Enumerable.Range(0, windows.FramesPerWindow)
           select frame(position, i),
    ];
}
