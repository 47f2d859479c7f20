using ClipGuard.Cli.Running;

namespace ClipGuard.Cli.Settings;

/// <summary>Which range of audio and video is decoded.</summary>
internal static class TimeRangeSettings
{
    public static readonly SettingGroup Group = new("Time range of audio and video");

    public static readonly Setting<double> Start = Group.Value(
        "start",
        "SECONDS",
        "Where audio and video begin to be wanted, default 0.",
        SettingTextParser.SecondsFromStart);

    // A number, as a TimeSpan would cut it to a whole tick of 100 ns, and with it a sample off.
    public static readonly Setting<double> Duration = Group.Value(
        "duration",
        "SECONDS",
        "How much of audio and video is wanted, default all.",
        SettingTextParser.PositiveSeconds);

    public static readonly Setting<double> End = Group.Value(
        "end",
        "SECONDS",
        "Instead of --duration: where audio and video are no longer wanted; the frame that begins just then still is.",
        SettingTextParser.SecondsFromStart);

    /// <summary>The range in force. Of duration and end the one from the stronger source counts.</summary>
    /// <exception cref="UsageException">One source gives both, or the end does not come after the start.</exception>
    public static TimeRange Read(SettingSources sources)
    {
        double start = sources.Get(Start, 0);
        int duration = sources.StrengthOf(Duration);
        int end = sources.StrengthOf(End);
        if (duration > 0 && duration == end)
        {
            throw new UsageException($"{sources.OriginOf(Duration)} and {sources.OriginOf(End)} both say where the range ends: give one or the other");
        }

        return duration > end ? WithDuration(start, sources.Get(Duration, 0))
            : end > 0 ? WithEnd(start, sources.Get(End, 0), sources)
            : new TimeRange(start, null, null);
    }

    // Added as decimal numbers, as they were written: in binary floating point 0.7 + 0.1 is less than 0.8, which loses a frame or a sample.
    private static TimeRange WithDuration(double start, double duration) => new(start, (double)((decimal)start + (decimal)duration), duration);

    private static TimeRange WithEnd(double start, double end, SettingSources sources) => end > start
        ? new TimeRange(start, end, (double)((decimal)end - (decimal)start))
        : throw new UsageException($"{sources.OriginOf(End)} is {end} s, and the range begins at {start} s: it has to end later");
}

/// <summary>A range of a clip. End and duration say the same, or both are null: all that follows the start.</summary>
/// <param name="StartSeconds">Where it begins.</param>
/// <param name="EndSeconds">Where it ends.</param>
/// <param name="DurationSeconds">How long it is.</param>
internal sealed record TimeRange(double StartSeconds, double? EndSeconds, double? DurationSeconds);
