namespace ClipGuard.Media;

/// <summary>Whether a spec can be met at all. One that cannot (no frames, a size of 0) is a mistake of the calling program, and no fault of a clip.</summary>
internal static class SpecCheck
{
    /// <summary>What is wrong with a spec, or null.</summary>
    public static string? Find(ClipSpec spec) => spec switch
    {
        AudioSpec audio => FindInAudio(audio),
        VideoSpec video => FindInVideo(video) ?? FindInSize(video.Size),
        PictureSpec picture => FindInSize(picture.Size),
        _ => null,
    };

    private static string? FindInAudio(AudioSpec spec) =>
        spec.SampleRateHz < 0
            ? $"{nameof(AudioSpec.SampleRateHz)} is {spec.SampleRateHz}; it has to be positive, or {AudioSpec.NativeRate} for the track's own."
        : !(spec.StartSeconds >= 0 && double.IsFinite(spec.StartSeconds)) ? $"{nameof(AudioSpec.StartSeconds)} is {spec.StartSeconds}; it has to be at least 0."
        : spec.DurationSeconds is { } duration && !(duration > 0) ? $"{nameof(AudioSpec.DurationSeconds)} is {duration}; it has to be positive."
        : spec.Windows is { } windows && !(windows.Seconds > 0 && double.IsFinite(windows.Seconds)) ? $"Windows of {windows.Seconds} s cannot be."
        : FindInTrack(spec.Track) ?? (spec.Windows is { } w ? FindInWindows(w.Count, w.Positions, w.WhenShort) : null);

    private static string? FindInWindows(int count, IReadOnlyList<double>? positions, ShortClipPolicy whenShort) =>
        count is < 1 or > AudioWindows.MaxCount ? $"{count} windows are wanted; 1 to {AudioWindows.MaxCount} are possible."
        : positions is { } given && given.Count != count ? $"There are {given.Count} positions for {count} windows."
        : positions is { } all && !all.All(static position => position is >= 0 and <= 1) ? "Positions of windows lie in [0, 1]."
        : positions is { } those && those.Zip(those.Skip(1)).Any(static pair => pair.Second < pair.First) ? "Positions of windows have to ascend."
        : !Enum.IsDefined(whenShort) ? $"{nameof(ShortClipPolicy)} {(int)whenShort} is none."
        : null;

    private static string? FindInVideo(VideoSpec spec) =>
        double.IsNaN(spec.StartSeconds) || double.IsNaN(spec.EndSeconds ?? 0) || spec.EndSeconds < spec.StartSeconds
            ? $"The range of time is {spec.StartSeconds} s to {spec.EndSeconds} s; it has to begin before it ends."
        : FindInTrack(spec.Track) ?? FindInSelection(spec.Selection);

    private static string? FindInSelection(FrameSelection selection) => selection switch
    {
        UniformFrames { Count: < 1 } or MidpointFrames { Count: < 1 } or KeyFrames { Max: < 1 } => $"{selection} asks for no frame.",
        IndexFrames { Indices.Count: 0 } or TimeFrames { Seconds.Count: 0 } => $"{selection.GetType().Name} asks for no frame.",
        TimeFrames times when times.Seconds.Any(double.IsNaN) => $"{nameof(TimeFrames)} has a time that is no number.",
        SmartFrames smart when smart.Factor < 1 || smart.RoundedCount < 1 => $"{smart} asks for no frame.",
        WindowFrames { FramesPerWindow: < 1 } => $"{selection} asks for no frame.",
        WindowFrames { PerSecond: { } perSecond } when !(perSecond > 0 && double.IsFinite(perSecond)) => $"A rate of {perSecond} frames a second cannot be.",
        WindowFrames windows => FindInWindows(windows.Count, windows.Positions, windows.WhenShort),
        RateFrames rate when !IsPossible(rate) => $"{rate} cannot be: the rate and the factor have to be positive, and the most frames at least the factor.",
        _ => null,
    };

    private static bool IsPossible(RateFrames rate) =>
        rate.PerSecond > 0 && double.IsFinite(rate.PerSecond) && rate.Factor >= 1 && rate.MinFrames >= 0 && rate.MaxFrames >= rate.Factor;

    private static string? FindInTrack(int? track) => track < 0 ? $"Track {track} is wanted; tracks are counted from 0." : null;

    private static string? FindInSize(OutputSize size) => size switch
    {
        ExactSize { Width: < 1 } or ExactSize { Height: < 1 }
            or ShorterSideSize { ShorterSide: < 1 } or ShorterSideSize { CropWidth: < 1 } or ShorterSideSize { CropHeight: < 1 }
            or SmartSize { Factor: < 1 } or SmartSize { MinPixels: < 0 } or SmartSize { MaxPixels: < 1 } or SmartSize { TotalPixels: < 1 } =>
            $"{size} is no size.",
        _ => null,
    };
}
