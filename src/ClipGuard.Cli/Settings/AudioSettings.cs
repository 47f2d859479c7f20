using ClipGuard.Media;

namespace ClipGuard.Cli.Settings;

/// <summary>What audio is decoded to.</summary>
internal static class AudioSettings
{
    private static readonly AudioSpec Default = new();

    public static readonly Setting<int> Rate = new ValueSetting<int>(
        "audio-rate",
        "HZ",
        $"Sample rate of decoded audio, default {Default.SampleRateHz}; 'native' keeps the track's own.",
        ValueText.SampleRate);

    public static readonly Setting<AudioChannels> Channels = new ValueSetting<AudioChannels>(
        "channels",
        "WHICH",
        "'mono' (default) is the mean of all channels, 'all' keeps them.",
        ValueText.OneOf(("mono", AudioChannels.Mono), ("all", AudioChannels.All)));

    public static readonly Setting<AudioResampler> Resampler = new ValueSetting<AudioResampler>(
        "resampler",
        "WHICH",
        "'swr' (default), FFmpeg's own, or 'soxr', the SoX resampler as librosa uses it.",
        ValueText.OneOf(("swr", AudioResampler.Swr), ("soxr", AudioResampler.Soxr)));

    public static readonly Setting<int?> Track = new ValueSetting<int?>(
        "audio-track",
        "N",
        "Which of a clip's audio tracks, from 0; by default the one that FFmpeg takes for the main one.",
        static text => ValueText.CountOrNone(text));

    public static readonly Setting<string?> Decoder = new ValueSetting<string?>(
        "audio-decoder",
        "WHICH",
        "'ffmpeg' (default), 'naudio' for WAV and AIFF alone, or the assembly (.dll) of another decoder.",
        ReadDecoder);

    public static IReadOnlyList<Setting> All { get; } = [Rate, Channels, Resampler, Track, Decoder];

    /// <summary>The assemblies that helpers load.</summary>
    public static IReadOnlyList<string> ReadAssemblies(SettingSources sources) => sources.Get(Decoder, null) is { } path ? [path] : [];

    public static AudioSpec Read(SettingSources sources)
    {
        TimeRange range = TimeRangeSettings.Read(sources);
        return Default with
        {
            SampleRateHz = sources.Get(Rate, Default.SampleRateHz),
            Channels = sources.Get(Channels, Default.Channels),
            Resampler = sources.Get(Resampler, Default.Resampler),
            Decoder = sources.Get(Decoder, null) is { } assembly ? Path.GetFileNameWithoutExtension(assembly) : null,
            Track = sources.Get(Track, null),
            StartSeconds = range.StartSeconds,
            DurationSeconds = range.DurationSeconds,
        };
    }

    // The adapter lies beside the command, also where it was built without NAudio: then loading it says so.
    private static string? ReadDecoder(string text) =>
        string.Equals(text, "ffmpeg", StringComparison.OrdinalIgnoreCase) ? null
        : string.Equals(text, "naudio", StringComparison.OrdinalIgnoreCase) ? Path.Combine(AppContext.BaseDirectory, "ClipGuard.NAudio.dll")
        : text.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? ValueText.FilePath(text)
        : throw ValueText.Unlike(text, "ffmpeg, naudio, or the path of an assembly that ends with .dll");
}
