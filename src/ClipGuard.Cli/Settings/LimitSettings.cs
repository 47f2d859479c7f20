using ClipGuard.Media;

namespace ClipGuard.Cli.Settings;

/// <summary>What one clip may ask for, and how much damage it may have.</summary>
internal static class LimitSettings
{
    private static readonly DecodeLimits Default = new();

    public static readonly Setting<long> FramePixels = new ValueSetting<long>(
        "max-frame-pixels",
        "N",
        $"Most pixels that one frame may have as it is stored, default {Default.MaxFramePixels}.",
        ValueText.LongCount);

    public static readonly Setting<long> ClipBytes = new ValueSetting<long>(
        "max-clip-bytes",
        "BYTES",
        $"Most bytes that one decoded clip may come to, default {Default.MaxPayloadBytes >> 30}GiB.",
        ValueText.Bytes);

    public static readonly Setting<TimeSpan> Duration = new ValueSetting<TimeSpan>(
        "max-duration",
        "SECONDS",
        "Longest clip, default without limit.",
        ValueText.Seconds);

    public static readonly Setting<int> Frames = new ValueSetting<int>(
        "max-frames",
        "N",
        $"Most frames that one clip may deliver, default {Default.MaxFrames}.",
        ValueText.Count);

    public static readonly Setting<int> DamagedFrames = new ValueSetting<int>(
        "max-damaged-frames",
        "N",
        $"Wanted frames that may be damaged or missing, default {Default.MaxDamagedFrames}.",
        ValueText.CountOrNone);

    public static readonly Setting<double> DamagedAudio = new ValueSetting<double>(
        "max-damaged-audio",
        "SHARE",
        $"Share of the audio that may be damaged or missing, 0 to 1, default {Default.MaxDamagedAudioShare}.",
        ValueText.Share);

    public static readonly Setting<IReadOnlyList<string>> Formats = new ValueSetting<IReadOnlyList<string>>(
        "formats",
        "A,B,…",
        "Containers that are read, by FFmpeg's names; default all that lead nowhere else.",
        ValueText.Words);

    public static readonly Setting<IReadOnlyList<string>> Codecs = new ValueSetting<IReadOnlyList<string>>(
        "codecs",
        "A,B,…",
        "Codecs that are decoded, by FFmpeg's names; default all.",
        ValueText.Words);

    public static IReadOnlyList<Setting> All { get; } = [FramePixels, ClipBytes, Duration, Frames, DamagedFrames, DamagedAudio, Formats, Codecs];

    public static DecodeLimits Read(SettingSources sources) => Default with
    {
        MaxFramePixels = sources.Get(FramePixels, Default.MaxFramePixels),
        MaxPayloadBytes = sources.Get(ClipBytes, Default.MaxPayloadBytes),
        MaxDuration = sources.OriginOf(Duration) is null ? null : sources.Get(Duration, TimeSpan.Zero),
        MaxFrames = sources.Get(Frames, Default.MaxFrames),
        MaxDamagedFrames = sources.Get(DamagedFrames, Default.MaxDamagedFrames),
        MaxDamagedAudioShare = sources.Get(DamagedAudio, Default.MaxDamagedAudioShare),
        AllowedFormats = sources.OriginOf(Formats) is null ? null : sources.Get(Formats, []),
        AllowedCodecs = sources.OriginOf(Codecs) is null ? null : sources.Get(Codecs, []),
    };
}
