using ClipGuard.Media;

namespace ClipGuard.Cli.Settings;

/// <summary>What video frames and images look like when they come out.</summary>
internal static class PictureSettings
{
    private const string Heading = "Pictures";

    private static readonly SettingGroup<VideoSpec> Video = new(Heading, new VideoSpec());

    private static readonly SettingGroup<ImageSpec> Image = new(Heading, new ImageSpec { Size = new OwnSize() });

    private static readonly SettingGroup<PictureSpec> Both = new(Heading, Video.Unset);

    public static readonly Setting<int> Track = Video.Value(
        "video-track",
        "N",
        "Which of a clip's video tracks, from 0; by default the one that FFmpeg takes for the main one.",
        SettingTextParser.CountOrNone,
        (video, track) => video with { Track = track });

    public static readonly Setting<OutputSize> Size = Video.Value(
        "size",
        "SIZE",
        "Size of video frames, default 224x224: WIDTHxHEIGHT, 'own', 'shorter:256:224x224' (shorter side, then the middle), or 'smart:28' "
            + "(qwen's smart_resize; 'smart:28:MIN:MAX:TOTAL' with the least and the most pixels of a picture and the most of a video).",
        OutputSizeParser.Read,
        (video, size) => video with { Size = size });

    public static readonly Setting<OutputSize> ImageSize = Image.Value(
        "image-size",
        "SIZE",
        "Size of images, in the same ways, default 'own'.",
        OutputSizeParser.Read,
        (image, size) => image with { Size = size });

    public static readonly Setting<JpegScale> JpegScaling = Image.Value(
        "jpeg-scale",
        "HOW",
        "'exact' (default), or 'fast': a JPEG is decoded at a half, a quarter or an eighth where no larger size is wanted; values differ a little.",
        SettingTextParser.OneOf(("exact", JpegScale.Exact), ("fast", JpegScale.Fast)),
        (image, scale) => image with { JpegScale = scale });

    public static readonly Setting<PixelLayout> Layout = Both.Value(
        "layout",
        "ORDER",
        "'hwc' (default): channels last, or 'chw': channels before height and width.",
        SettingTextParser.OneOf(("hwc", PixelLayout.ChannelsLast), ("chw", PixelLayout.ChannelsFirst)),
        (picture, layout) => picture with { Layout = layout });

    public static readonly Setting<PixelColors> Colors = Both.Value(
        "colors",
        "WHICH",
        "'rgb' (default) or 'gray'.",
        SettingTextParser.OneOf(("rgb", PixelColors.Rgb), ("gray", PixelColors.Gray)),
        (picture, colors) => picture with { Colors = colors });

    public static readonly Setting<ScaleFilter> Filter = Both.Value(
        "filter",
        "WHICH",
        "How pictures are scaled: 'bicubic' (default), 'bilinear', 'area', or 'antialias', Pillow's bicubic (default for 'smart').",
        SettingTextParser.OneOf(
            ("bicubic", ScaleFilter.Bicubic),
            ("bilinear", ScaleFilter.Bilinear),
            ("area", ScaleFilter.Area),
            ("antialias", ScaleFilter.AntialiasedBicubic)),
        (picture, filter) => picture with { Filter = filter });

    public static readonly Setting<RgbColor> Background = Both.Value(
        "background",
        "RRGGBB",
        "What shows through where a picture is transparent, default ffffff.",
        SettingTextParser.Color,
        (picture, color) => picture with { Background = color });

    /// <summary>All that pictures are read from.</summary>
    public static IReadOnlyList<SettingGroup> All { get; } = [Video, Image, Both];

    /// <summary>The spec of videos in force.</summary>
    public static VideoSpec ReadVideo(SettingSources sources)
    {
        TimeRange range = TimeRangeSettings.Read(sources);
        VideoSpec video = Video.Read(sources) with
        {
            Selection = FrameSettings.Read(sources),
            StartSeconds = range.StartSeconds,
            EndSeconds = range.EndSeconds,
        };
        return (VideoSpec)Both.Read(sources, video);
    }

    /// <summary>The spec of images in force.</summary>
    public static ImageSpec ReadImage(SettingSources sources) => (ImageSpec)Both.Read(sources, Image.Read(sources));
}
