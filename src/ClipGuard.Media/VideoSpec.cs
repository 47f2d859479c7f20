using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>A choice of video frames: uint8 RGB, shape <c>[frames, height, width, 3]</c>.</summary>
public sealed record VideoSpec : ClipSpec
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ClipKind Kind => ClipKind.Video;

    /// <summary>How many frames, spread evenly from the first to the last. Default 16.</summary>
    public int Frames { get; init; } = 16;

    /// <summary>Width of the result in pixels. Default 224.</summary>
    public int Width { get; init; } = 224;

    /// <summary>Height of the result in pixels. Default 224.</summary>
    public int Height { get; init; } = 224;
}
