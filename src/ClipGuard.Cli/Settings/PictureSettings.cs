using ClipGuard.Media;

namespace ClipGuard.Cli.Settings;

/// <summary>What video frames and images look like when they come out.</summary>
internal static class PictureSettings
{
    private static readonly VideoSpec DefaultVideo = new();

    public static readonly Setting<PictureSize> Size = new ValueSetting<PictureSize>(
        "size",
        "SIZE",
        "Size of video frames, default 224x224: WIDTHxHEIGHT, 'own', 'shorter:256:224x224' (shorter side, then the middle), or 'smart:28' (qwen's smart_resize; 'smart:28:MIN:MAX:TOTAL' with the least and the most pixels of a picture and the most of a video).",
        PictureSizeText.Read);

    public static readonly Setting<PictureSize> ImageSize = new ValueSetting<PictureSize>(
        "image-size",
        "SIZE",
        "Size of images, in the same ways, default 'own'.",
        PictureSizeText.Read);

    public static readonly Setting<int?> Track = new ValueSetting<int?>(
        "video-track",
        "N",
        "Which of a clip's video tracks, from 0; by default the one that FFmpeg takes for the main one.",
        static text => ValueText.CountOrNone(text));

    public static readonly Setting<PixelLayout> Layout = new ValueSetting<PixelLayout>(
        "layout",
        "ORDER",
        "'hwc' (default): channels last, or 'chw': channels before height and width.",
        ValueText.OneOf(("hwc", PixelLayout.ChannelsLast), ("chw", PixelLayout.ChannelsFirst)));

    public static readonly Setting<PixelColors> Colors = new ValueSetting<PixelColors>(
        "colors",
        "WHICH",
        "'rgb' (default) or 'gray'.",
        ValueText.OneOf(("rgb", PixelColors.Rgb), ("gray", PixelColors.Gray)));

    public static readonly Setting<ScaleFilter?> Filter = new ValueSetting<ScaleFilter?>(
        "filter",
        "WHICH",
        "How pictures are scaled: 'bicubic' (default), 'bilinear', 'area', or 'antialias', Pillow's bicubic (default for 'smart').",
        ValueText.OneOf<ScaleFilter?>(
            ("bicubic", ScaleFilter.Bicubic), ("bilinear", ScaleFilter.Bilinear), ("area", ScaleFilter.Area), ("antialias", ScaleFilter.AntialiasedBicubic)));

    public static readonly Setting<RgbColor> Background = new ValueSetting<RgbColor>(
        "background",
        "RRGGBB",
        "What shows through where a picture is transparent, default ffffff.",
        ValueText.Color);

    public static IReadOnlyList<Setting> All { get; } = [Track, Size, ImageSize, Layout, Colors, Filter, Background];

    public static VideoSpec ReadVideo(SettingSources sources)
    {
        TimeRange range = TimeRangeSettings.Read(sources);
        return new VideoSpec
        {
            Selection = FrameSettings.Read(sources),
            StartSeconds = range.StartSeconds,
            EndSeconds = range.EndSeconds,
            Track = sources.Get(Track, null),
            Size = sources.Get(Size, DefaultVideo.Size),
            Layout = sources.Get(Layout, default),
            Colors = sources.Get(Colors, default),
            Filter = sources.Get(Filter, null),
            Background = sources.Get(Background, DefaultVideo.Background),
        };
    }

    /// <param name="sources">Where values come from.</param>
    /// <param name="size">Which setting sizes an image.</param>
    public static ImageSpec ReadImage(SettingSources sources, Setting<PictureSize> size) => new()
    {
        Size = sources.Get(size, new OwnSize()),
        Layout = sources.Get(Layout, default),
        Colors = sources.Get(Colors, default),
        Filter = sources.Get(Filter, null),
        Background = sources.Get(Background, DefaultVideo.Background),
    };
}
