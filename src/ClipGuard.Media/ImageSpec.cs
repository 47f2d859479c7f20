using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>
/// One picture: uint8, <c>[height, width, channels]</c> or <c>[channels, height, width]</c>; of an animated file the first.
/// It is turned as its EXIF orientation says; pixels are taken for square whatever its print density, as in Pillow.
/// The default is RGB in the picture's own size.
/// </summary>
public sealed record ImageSpec : PictureSpec
{
    /// <summary>
    /// Whether a JPEG may be decoded at a half, a quarter or an eighth of its size where the wanted size is at most that. Default
    /// <see cref="JpegScale.Exact"/>: values are those of the whole picture.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JpegScale JpegScale { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override ClipKind? Kind => ClipKind.Image;
}

/// <summary>At which size a JPEG is decoded that is to be made smaller.</summary>
public enum JpegScale
{
    /// <summary>At its own; then it is scaled.</summary>
    Exact,

    /// <summary>
    /// At the least of a whole, a half, a quarter and an eighth that is not below the wanted size; then it is scaled. About twice as fast.
    /// Brightness differs from exact pictures by about 1 of 255 on average and colours by 2 to 5, hard edges by more. Other formats are decoded as they are.
    /// </summary>
    Fast,
}
