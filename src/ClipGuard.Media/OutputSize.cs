using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>How large pictures come out. Sizes are those of the upright picture with square pixels.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "size")]
[JsonDerivedType(typeof(OwnSize), "own")]
[JsonDerivedType(typeof(ExactSize), "exact")]
[JsonDerivedType(typeof(ShorterSideSize), "shorterSide")]
[JsonDerivedType(typeof(SmartSize), "smart")]
public abstract record OutputSize;

/// <summary>The picture's own size; of a video the size of its first wanted frame.</summary>
public sealed record OwnSize : OutputSize;

/// <summary>A fixed size. The aspect ratio is not kept.</summary>
/// <param name="Width">Pixels, at least 1.</param>
/// <param name="Height">Pixels, at least 1.</param>
public sealed record ExactSize(int Width, int Height) : OutputSize;

/// <summary>
/// The shorter side scaled to a length and the aspect ratio kept, then the middle cut out, as torchvision's <c>Resize</c> and <c>CenterCrop</c> do.
/// </summary>
/// <param name="ShorterSide">Pixels of the shorter side after scaling, at least 1.</param>
/// <param name="CropWidth">Pixels of the cut-out; where the scaled picture is narrower, its own width.</param>
/// <param name="CropHeight">Pixels of the cut-out; where the scaled picture is lower, its own height.</param>
public sealed record ShorterSideSize(int ShorterSide, int CropWidth, int CropHeight) : OutputSize;

/// <summary>
/// Sides that are multiples of a factor, within a budget of pixels, the aspect ratio nearly kept: qwen-vl-utils' <c>smart_resize</c>.
/// A picture more than 200 times as long as wide is <see cref="FaultKind.Unsupported"/>.
/// </summary>
public sealed record SmartSize : OutputSize
{
    /// <summary>Both sides are multiples of this many pixels. Default 28 (patches of 14, merged by two); newer models use 32.</summary>
    public int Factor { get; init; } = 28;

    /// <summary>Fewest pixels of a picture. Default 4·factor² for an image and 128·factor² for a video frame.</summary>
    public long? MinPixels { get; init; }

    /// <summary>
    /// Most pixels of a picture. Default 16384·factor² for an image; for a video frame what <see cref="TotalPixels"/> leaves it, at most 768·factor².
    /// </summary>
    public long? MaxPixels { get; init; }

    /// <summary>Pixels of all frames of a video together, counted in pairs of frames. Default 115200·factor² (nine tenths of 128000 tokens).</summary>
    public long? TotalPixels { get; init; }
}
