using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>One picture: uint8 RGB, shape <c>[height, width, 3]</c>, upright.</summary>
public sealed record ImageSpec : ClipSpec
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ClipKind Kind => ClipKind.Image;

    /// <summary>Width of the result in pixels; null (the default) keeps the picture's own. Set both or neither.</summary>
    public int? Width { get; init; }

    /// <summary>Height of the result in pixels; null (the default) keeps the picture's own.</summary>
    public int? Height { get; init; }
}
