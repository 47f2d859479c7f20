using ClipGuard.Media;

namespace ClipGuard.Cli.Settings;

/// <summary>What training makes of clips, and what one clip may ask for.</summary>
internal static class SpecSettings
{
    private static readonly AudioSpec DefaultAudio = new();
    private static readonly UniformFrames DefaultFrames = new(16);
    private static readonly PixelSize DefaultSize = new(224, 224);
    private static readonly DecodeLimits DefaultLimits = new();

    public static readonly Setting<int> AudioRate = new ValueSetting<int>(
        "audio-rate",
        "HZ",
        $"Sample rate of decoded audio, default {DefaultAudio.SampleRateHz}.",
        ValueText.SampleRate);

    public static readonly Setting<int> Frames = new ValueSetting<int>(
        "frames",
        "N",
        $"Frames taken of a video, spread evenly, default {DefaultFrames.Count}.",
        ValueText.Count);

    public static readonly Setting<PixelSize> Size = new ValueSetting<PixelSize>(
        "size",
        "WxH",
        $"Size of decoded video frames in pixels, default {DefaultSize.Width}x{DefaultSize.Height}.",
        ValueText.Size);

    public static readonly Setting<PixelSize?> ImageSize = new ValueSetting<PixelSize?>(
        "image-size",
        "WxH",
        "Size of decoded images in pixels, default 'own': the picture's own.",
        ValueText.SizeOrOwn);

    public static readonly Setting<long> MaxFramePixels = new ValueSetting<long>(
        "max-frame-pixels",
        "N",
        $"Most pixels that one frame may have as it is stored, default {DefaultLimits.MaxFramePixels}.",
        ValueText.LongCount);

    public static readonly Setting<long> MaxClipBytes = new ValueSetting<long>(
        "max-clip-bytes",
        "BYTES",
        $"Most bytes that one decoded clip may come to, default {DefaultLimits.MaxPayloadBytes >> 30}GiB.",
        ValueText.Bytes);

    public static readonly Setting<TimeSpan> MaxDuration = new ValueSetting<TimeSpan>(
        "max-duration",
        "SECONDS",
        "Longest clip, default without limit.",
        ValueText.Seconds);

    public static IReadOnlyList<Setting> All { get; } = [AudioRate, Frames, Size, ImageSize, MaxFramePixels, MaxClipBytes, MaxDuration];

    public static AudioSpec ReadAudio(SettingSources sources) => DefaultAudio with { SampleRateHz = sources.Get(AudioRate, DefaultAudio.SampleRateHz) };

    public static VideoSpec ReadVideo(SettingSources sources)
    {
        PixelSize size = sources.Get(Size, DefaultSize);
        return new VideoSpec
        {
            Selection = new UniformFrames(sources.Get(Frames, DefaultFrames.Count)),
            Size = new ExactSize(size.Width, size.Height),
        };
    }

    public static ImageSpec ReadImage(SettingSources sources) => new()
    {
        Size = sources.Get(ImageSize, null) is { } size ? new ExactSize(size.Width, size.Height) : new OwnSize(),
    };

    public static DecodeLimits ReadLimits(SettingSources sources) => DefaultLimits with
    {
        MaxFramePixels = sources.Get(MaxFramePixels, DefaultLimits.MaxFramePixels),
        MaxPayloadBytes = sources.Get(MaxClipBytes, DefaultLimits.MaxPayloadBytes),
        MaxDuration = sources.OriginOf(MaxDuration) is null ? null : sources.Get(MaxDuration, TimeSpan.Zero),
    };
}
