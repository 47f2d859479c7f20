using ClipGuard.Cli.Running;
using ClipGuard.Media;

namespace ClipGuard.Cli.Settings;

/// <summary>Which frames of a video are wanted: one of eight ways.</summary>
internal static class FrameSettings
{
    private static readonly UniformFrames Default = new(16);

    public static readonly SettingGroup Group = new("Frames of a video");

    public static readonly Setting<FrameSelection> Frames = Way(
        "frames",
        "N",
        $"Frames taken of a video, spread evenly from the first to the last, default {Default.Count}.",
        text => new UniformFrames(SettingTextParser.Count(text)));

    public static readonly Setting<FrameSelection> Midpoints = Way(
        "midpoint-frames",
        "N",
        "Instead: the middles of N equal parts, as InternVL has it.",
        text => new MidpointFrames(SettingTextParser.Count(text)));

    public static readonly Setting<FrameSelection> Fps = Way(
        "fps",
        "RATE[:MIN:MAX[:FACTOR]]",
        "Instead: so many frames a second, at least MIN (4) and at most MAX (768), a multiple of FACTOR (2), as qwen-vl-utils has it.",
        SettingTextParser.FrameRate);

    public static readonly Setting<FrameSelection> Smart = Way(
        "smart-frames",
        "N[:FACTOR]",
        "Instead: N frames, rounded to a multiple of FACTOR (2) and spread as qwen-vl-utils has it.",
        SettingTextParser.SmartFrames);

    public static readonly Setting<FrameSelection> Indices = Way(
        "indices",
        "I,J,…",
        "Instead: frames by number from 0, negative ones from the end, as decord's get_batch has it.",
        text => new IndexFrames(SettingTextParser.Indices(text)));

    public static readonly Setting<FrameSelection> Times = Way(
        "times",
        "S,T,…",
        "Instead: the frames on show at these seconds.",
        text => new TimeFrames(SettingTextParser.Times(text)));

    public static readonly Setting<FrameSelection> KeyFrames = Way(
        "key-frames",
        "N",
        "Instead: key frames only, at most N of them, or 'all'.",
        text => new KeyFrames { Max = string.Equals(text, "all", StringComparison.OrdinalIgnoreCase) ? null : SettingTextParser.Count(text) });

    public static readonly Setting<FrameSelection> Windows = Way(
        "windows",
        "N:FRAMES[:RATE][:HOW]",
        "Instead: N windows of so many frames, spread evenly, at RATE frames a second or of all frames; HOW is what becomes of shorter films: "
            + "'refuse' (default), 'pad' or 'loop'.",
        SettingTextParser.WindowFrames);

    /// <summary>The way in force: the one from the strongest source.</summary>
    /// <exception cref="UsageException">One source gives two ways.</exception>
    public static FrameSelection Read(SettingSources sources)
    {
        Setting<FrameSelection>[] strongest = [.. Group.Settings.Cast<Setting<FrameSelection>>()
            .Where(way => sources.OriginOf(way) is not null)
            .GroupBy(sources.StrengthOf)
            .OrderByDescending(ways => ways.Key)
            .FirstOrDefault() ?? Enumerable.Empty<Setting<FrameSelection>>()];
        return strongest switch
        {
            [] => Default,
            [var way] => sources.Get(way, Default),
            [var one, var other, ..] => throw new UsageException(
                $"{sources.OriginOf(one)} and {sources.OriginOf(other)} are two ways of choosing frames: give one or the other"),
        };
    }

    private static Setting<FrameSelection> Way(string name, string valueName, string description, Func<string, FrameSelection> parse) =>
        Group.Value(name, valueName, description, parse);
}
