using ClipGuard.Media;

namespace ClipGuard.Cli.Settings;

/// <summary>What one clip may ask for, and how much damage it may have.</summary>
internal static class ClipLimitSettings
{
    public static readonly SettingGroup<DecodeLimits> Group = new("Limits of a clip", new DecodeLimits());

    public static readonly Setting<long> FramePixels = Group.Value(
        "max-frame-pixels",
        "N",
        $"Most pixels that one frame may have as it is stored, default {Group.Unset.MaxFramePixels}.",
        SettingTextParser.LongCount,
        (limits, pixels) => limits with { MaxFramePixels = pixels });

    public static readonly Setting<long> ClipBytes = Group.Value(
        "max-clip-bytes",
        "BYTES",
        $"Most bytes that one decoded clip may come to, default {Group.Unset.MaxPayloadBytes >> 30}GiB.",
        SettingTextParser.Bytes,
        (limits, bytes) => limits with { MaxPayloadBytes = bytes });

    public static readonly Setting<TimeSpan> Duration = Group.Value(
        "max-duration",
        "SECONDS",
        "Longest clip, default without limit.",
        SettingTextParser.Seconds,
        (limits, duration) => limits with { MaxDuration = duration });

    public static readonly Setting<int> Frames = Group.Value(
        "max-frames",
        "N",
        $"Most frames that one clip may deliver, default {Group.Unset.MaxFrames}.",
        SettingTextParser.Count,
        (limits, frames) => limits with { MaxFrames = frames });

    public static readonly Setting<int> DamagedFrames = Group.Value(
        "max-damaged-frames",
        "N",
        $"Wanted frames that may be damaged or missing, default {Group.Unset.MaxDamagedFrames}.",
        SettingTextParser.CountOrNone,
        (limits, frames) => limits with { MaxDamagedFrames = frames });

    public static readonly Setting<double> DamagedAudio = Group.Value(
        "max-damaged-audio",
        "SHARE",
        $"Share of the audio that may be damaged or missing, 0 to 1, default {Group.Unset.MaxDamagedAudioShare}.",
        SettingTextParser.Share,
        (limits, share) => limits with { MaxDamagedAudioShare = share });

    public static readonly Setting<IReadOnlyList<string>> Formats = Group.Value(
        "formats",
        "A,B,…",
        "Containers that are read, by FFmpeg's names; default all that lead nowhere else.",
        SettingTextParser.Words,
        (limits, formats) => limits with { AllowedFormats = formats });

    public static readonly Setting<IReadOnlyList<string>> Codecs = Group.Value(
        "codecs",
        "A,B,…",
        "Codecs that are decoded, by FFmpeg's names; default all.",
        SettingTextParser.Words,
        (limits, codecs) => limits with { AllowedCodecs = codecs });
}
