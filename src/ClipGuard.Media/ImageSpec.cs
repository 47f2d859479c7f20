using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>
/// One picture: uint8, <c>[height, width, channels]</c> or <c>[channels, height, width]</c>; of an animated file the first.
/// It is turned as its EXIF orientation says; the density that it is to be printed with stretches nothing, as in Pillow. The default is RGB in the picture's own size.
/// </summary>
public sealed record ImageSpec : PictureSpec
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ClipKind Kind => ClipKind.Image;
}
