using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>
/// One picture: uint8, <c>[height, width, channels]</c> or <c>[channels, height, width]</c>; of an animated file the first.
/// It is turned as its EXIF orientation says; pixels are taken for square whatever its print density, as in Pillow.
/// The default is RGB in the picture's own size.
/// </summary>
public sealed record ImageSpec : PictureSpec
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ClipKind? Kind => ClipKind.Image;
}
