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

    public static IReadOnlyList<Setting> All { get; } = [Rate, Channels, Resampler];

    public static AudioSpec Read(SettingSources sources)
    {
        double start = sources.Get(StretchSettings.Start, 0);
        return Default with
        {
            SampleRateHz = sources.Get(Rate, Default.SampleRateHz),
            Channels = sources.Get(Channels, Default.Channels),
            Resampler = sources.Get(Resampler, Default.Resampler),
            StartSeconds = start,
            DurationSeconds = StretchSettings.ReadDuration(sources),
        };
    }
}
