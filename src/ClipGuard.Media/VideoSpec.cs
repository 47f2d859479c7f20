using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>
/// A choice of video frames: uint8, <c>[frames, height, width, channels]</c> or <c>[frames, channels, height, width]</c>; with <see cref="WindowFrames"/>
/// one more dimension before them.
/// Frames are identified by their presentation times, which the result has too (<see cref="DecodedClip.FrameTimesSeconds"/>).
/// </summary>
public sealed record VideoSpec : PictureSpec
{
    /// <summary>Sixteen uniform frames of 224×224.</summary>
    public VideoSpec() => Size = new ExactSize(224, 224);

    /// <inheritdoc/>
    [JsonIgnore]
    public override ClipKind? Kind => ClipKind.Video;

    /// <summary>Which frames. Default 16, spread evenly.</summary>
    public FrameSelection Selection { get; init; } = new UniformFrames(16);

    /// <summary>Frames that are shown earlier than this many seconds from the video's start are excluded before any are chosen. Default 0.</summary>
    public double StartSeconds { get; init; }

    /// <summary>Frames that are shown later than this many seconds from the video's start are excluded; null (the default) excludes none.</summary>
    public double? EndSeconds { get; init; }

    /// <summary>
    /// Which of the clip's video tracks, from 0; null (the default) is the one that FFmpeg takes for the main one. Attached pictures are no tracks.
    /// </summary>
    public int? Track { get; init; }
}
