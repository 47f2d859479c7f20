using ClipGuard.Media;

namespace ClipGuard.Cli.Settings;

/// <summary>What audio is decoded to.</summary>
internal static class AudioSettings
{
    public static readonly SettingGroup<AudioSpec> Group = new("Audio", new AudioSpec());

    public static readonly Setting<int> Rate = Group.Value(
        "audio-rate",
        "HZ",
        $"Sample rate of decoded audio, default {Group.Unset.SampleRateHz}; 'native' keeps the track's own.",
        SettingTextParser.SampleRate,
        (audio, rate) => audio with { SampleRateHz = rate });

    public static readonly Setting<AudioChannels> Channels = Group.Value(
        "channels",
        "WHICH",
        "'mono' (default) is the mean of all channels, 'all' keeps them.",
        SettingTextParser.OneOf(("mono", AudioChannels.Mono), ("all", AudioChannels.All)),
        (audio, channels) => audio with { Channels = channels });

    public static readonly Setting<AudioResampler> Resampler = Group.Value(
        "resampler",
        "WHICH",
        "'swr' (default), FFmpeg's own, or 'soxr', the SoX resampler as librosa uses it.",
        SettingTextParser.OneOf(("swr", AudioResampler.Swr), ("soxr", AudioResampler.Soxr)),
        (audio, resampler) => audio with { Resampler = resampler });

    public static readonly Setting<int> Track = Group.Value(
        "audio-track",
        "N",
        "Which of a clip's audio tracks, from 0; by default the one that FFmpeg takes for the main one.",
        SettingTextParser.CountOrNone,
        (audio, track) => audio with { Track = track });

    public static readonly Setting<AudioWindows> Windows = Group.Value(
        "audio-windows",
        "N:SECONDS[:HOW]",
        "N windows of so many seconds, spread evenly, in place of all audio; HOW is what becomes of shorter clips: 'refuse' (default), 'pad' or 'loop'.",
        SettingTextParser.AudioWindows,
        (audio, windows) => audio with { Windows = windows });

    public static readonly Setting<string?> Decoder = Group.Value(
        "audio-decoder",
        "WHICH",
        "'ffmpeg' (default), 'naudio' for WAV and AIFF alone, or the assembly (.dll) of another decoder.",
        ReadDecoder,
        (audio, assembly) => audio with { Decoder = Path.GetFileNameWithoutExtension(assembly) });

    /// <summary>The assemblies that helpers load.</summary>
    public static IReadOnlyList<string> ReadAssemblies(SettingSources sources) => sources.Get(Decoder, null) is { } path ? [path] : [];

    /// <summary>The spec in force.</summary>
    public static AudioSpec Read(SettingSources sources)
    {
        TimeRange range = TimeRangeSettings.Read(sources);
        return Group.Read(sources) with { StartSeconds = range.StartSeconds, DurationSeconds = range.DurationSeconds };
    }

    // The adapter lies beside the command, also where it was built without NAudio: then loading it says so.
    private static string? ReadDecoder(string text) =>
        string.Equals(text, "ffmpeg", StringComparison.OrdinalIgnoreCase) ? null
        : string.Equals(text, "naudio", StringComparison.OrdinalIgnoreCase) ? Path.Combine(AppContext.BaseDirectory, "ClipGuard.NAudio.dll")
        : text.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? SettingTextParser.FilePath(text)
        : throw SettingTextParser.Unlike(text, "ffmpeg, naudio, or the path of an assembly that ends with .dll");
}
