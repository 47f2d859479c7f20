namespace ClipGuard.Cli.Settings;

/// <summary>Which stretch of audio and video is decoded.</summary>
internal static class StretchSettings
{
    public static readonly Setting<double> Start = new ValueSetting<double>(
        "start",
        "SECONDS",
        "Where audio and video begin to be wanted, default 0.",
        ValueText.SecondsFromStart);

    // A TimeSpan would cut it to a whole tick, and with it a sample off.
    public static readonly Setting<double> Duration = new ValueSetting<double>(
        "duration",
        "SECONDS",
        "How much of audio and video is wanted, default all.",
        ValueText.PositiveSeconds);

    public static IReadOnlyList<Setting> All { get; } = [Start, Duration];

    /// <summary>The duration in seconds, or null for all.</summary>
    public static double? ReadDuration(SettingSources sources) =>
        sources.OriginOf(Duration) is null ? null : sources.Get(Duration, 0);
}
