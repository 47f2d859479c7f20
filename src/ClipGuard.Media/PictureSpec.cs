namespace ClipGuard.Media;

/// <summary>What pictures look like when they come out: uint8, upright, full range RGB or gray. Common to images and video frames.</summary>
public abstract record PictureSpec : ClipSpec
{
    /// <summary>How large they are.</summary>
    public OutputSize Size { get; init; } = new OwnSize();

    /// <summary>The order of dimensions. Default <see cref="PixelLayout.ChannelsLast"/>.</summary>
    public PixelLayout Layout { get; init; }

    /// <summary>The channels. Default <see cref="PixelColors.Rgb"/>.</summary>
    public PixelColors Colors { get; init; }

    /// <summary>
    /// How they are scaled; null (the default) is <see cref="ScaleFilter.AntialiasedBicubic"/> for <see cref="SmartSize"/>,
    /// and <see cref="ScaleFilter.Bicubic"/> for every other size.
    /// </summary>
    public ScaleFilter? Filter { get; init; }

    /// <summary>What shows through where a picture is transparent. Default white, as qwen-vl-utils has it.</summary>
    public RgbColor Background { get; init; } = RgbColor.White;
}

/// <summary>The order of a picture's dimensions.</summary>
public enum PixelLayout
{
    /// <summary><c>[height, width, channels]</c>, as decoders and NumPy have it.</summary>
    ChannelsLast,

    /// <summary><c>[channels, height, width]</c>, as convolutions have it.</summary>
    ChannelsFirst,
}

/// <summary>The channels of a picture.</summary>
public enum PixelColors
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>One channel: the BT.601 luma of red, green and blue, as Pillow's <c>convert("L")</c> has it.</summary>
    Gray,
}

/// <summary>How pictures are scaled.</summary>
public enum ScaleFilter
{
    /// <summary>FFmpeg's bicubic (a = -0.6), which widens with the scale and so does not alias.</summary>
    Bicubic,

    /// <summary>FFmpeg's bilinear, which widens with the scale too.</summary>
    Bilinear,

    /// <summary>The mean of the area that a pixel covers.</summary>
    Area,

    /// <summary>Pillow's and torchvision's antialiased bicubic (a = -0.5), on the decoded RGB pixels. Slower than the others.</summary>
    AntialiasedBicubic,
}

/// <summary>A colour, full range.</summary>
/// <param name="Red">0 to 255.</param>
/// <param name="Green">0 to 255.</param>
/// <param name="Blue">0 to 255.</param>
public readonly record struct RgbColor(byte Red, byte Green, byte Blue)
{
    /// <summary>255, 255, 255.</summary>
    public static RgbColor White { get; } = new(255, 255, 255);

    /// <summary>0, 0, 0.</summary>
    public static RgbColor Black { get; }
}
