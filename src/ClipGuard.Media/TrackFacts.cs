using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>What the header of a decoded clip says of the track that was decoded, whatever it was decoded to. What it does not say is null.</summary>
/// <param name="Codec">The codec's name, as in <c>h264</c>.</param>
public sealed record TrackFacts(string Codec)
{
    /// <summary>How long the track is, in seconds; null for a single picture.</summary>
    public double? Seconds { get; init; }

    /// <summary>Samples a second of audio, in Hz.</summary>
    public int? SampleRateHz { get; init; }

    /// <summary>Channels of audio.</summary>
    public int? Channels { get; init; }

    /// <summary>Width of a picture as coded, in pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Height of a picture as coded, in pixels.</summary>
    public int? Height { get; init; }

    /// <summary>Frames of a video.</summary>
    [JsonPropertyName("frames")]
    public long? FrameCount { get; init; }

    /// <summary>Frames a second of a video, on average.</summary>
    public double? FrameRateHz { get; init; }

    /// <summary>FFmpeg's name of the container, as in <c>matroska,webm</c>.</summary>
    public string? Container { get; init; }

    /// <summary>Bytes of the clip as it is stored; of a list of frames those of the first.</summary>
    public long? Bytes { get; init; }

    /// <summary>What cannot be believed of it, in words; null where nothing is impossible.</summary>
    internal string? Flaw => Codec is not { Length: > 0 and <= MaxNameLength } || Codec.Any(char.IsControl) ? "named an impossible codec"
        : Container is { Length: 0 or > MaxNameLength } || Container?.Any(char.IsControl) == true ? "named an impossible container"
        : Seconds is < 0 || FrameRateHz is < 0 || new[] { SampleRateHz, Channels, Width, Height, FrameCount, Bytes }.Any(static count => count < 0)
            ? "told of a track of negative size"
        : null;

    private const int MaxNameLength = 64;
}
