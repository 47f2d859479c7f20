using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>What a clip is and what is in it.</summary>
/// <param name="Format">FFmpeg's name of the container, as in <c>matroska,webm</c>.</param>
/// <param name="DurationSeconds">How long its header says it is; null where it does not.</param>
/// <param name="Streams">Its streams, in the container's order.</param>
public sealed record ClipDescription(string Format, double? DurationSeconds, IReadOnlyList<StreamDescription> Streams)
{
    /// <summary>
    /// What is read otherwise than FFmpeg would read it, because FFmpeg is known to get it wrong: a sentence each. Null where there is nothing of the kind.
    /// </summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

    /// <summary>
    /// Reads the payload that an <see cref="InspectSpec"/> gave. What a helper wrote is not believed to be a description before this has read it.
    /// </summary>
    /// <param name="payload">UTF-8 JSON.</param>
    /// <exception cref="JsonException">It is no description.</exception>
    public static ClipDescription Read(ReadOnlySpan<byte> payload)
    {
        ClipDescription? read = JsonSerializer.Deserialize(payload, DescriptionJson.Default.ClipDescription);
        return read is { Format: not null, Streams: not null } && read.Streams.All(stream => stream is { Kind: not null, Codec: not null })
            ? read
            : throw new JsonException("The description lacks its format or its streams.");
    }

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DescriptionJson.Default.ClipDescription);
}

/// <summary>One stream of a clip. What does not apply to its kind is null.</summary>
/// <param name="Index">Its number in the container, from 0.</param>
/// <param name="Kind">
/// <c>audio</c>, <c>video</c>, <c>image</c> (the one picture of an image file), <c>picture</c> (attached, as a cover is) or <c>other</c>.
/// </param>
/// <param name="Codec">FFmpeg's name of the codec, as in <c>h264</c>.</param>
public sealed record StreamDescription(int Index, string Kind, string Codec)
{
    /// <summary>How long the header says it is.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>Width of a picture as coded, in pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Height of a picture as coded, in pixels.</summary>
    public int? Height { get; init; }

    /// <summary>Width of a pixel by its height, where they differ: <c>4:3</c>.</summary>
    public string? PixelAspect { get; init; }

    /// <summary>FFmpeg's name of the pixel format, as in <c>yuv420p</c>.</summary>
    public string? PixelFormat { get; init; }

    /// <summary>FFmpeg's name of the colour matrix, as in <c>bt709</c>; null where the stream names none.</summary>
    public string? ColorMatrix { get; init; }

    /// <summary><c>tv</c> for limited range, <c>pc</c> for full; null where the stream names none.</summary>
    public string? ColorRange { get; init; }

    /// <summary>
    /// Degrees clockwise by which the picture is turned to be upright: 0, 90, 180 or 270. An image's EXIF orientation is known only where frames were counted.
    /// </summary>
    public int? RotationDegrees { get; init; }

    /// <summary>True where left and right change places before the picture is turned.</summary>
    public bool? Mirrored { get; init; }

    /// <summary>
    /// True where the picture can be transparent: its pixels tell it, or a second stream or picture that goes with it. Null for other streams.
    /// </summary>
    public bool? HasAlpha { get; init; }

    /// <summary>True for the track that is decoded where none is asked for by its number. Null for those that are not.</summary>
    public bool? IsMain { get; init; }

    /// <summary>True for a track that goes with another one, as alpha and depth do, and is never the main one. Null for other streams.</summary>
    public bool? IsAuxiliary { get; init; }

    /// <summary>Frames that came out interlaced; null where none were counted.</summary>
    [JsonPropertyName("interlacedFrames")]
    public long? InterlacedFrameCount { get; init; }

    /// <summary>Average frames a second, as the container says.</summary>
    public double? FrameRateHz { get; init; }

    /// <summary>Samples a second of audio: those of the first frame where frames were counted, otherwise what the header says.</summary>
    public int? SampleRateHz { get; init; }

    /// <summary>Channels of audio, known as <see cref="SampleRateHz"/> is.</summary>
    public int? Channels { get; init; }

    /// <summary>FFmpeg's name of the sample format, as in <c>fltp</c>.</summary>
    public string? SampleFormat { get; init; }

    /// <summary>Video frames that the container promises; null where it does not.</summary>
    [JsonPropertyName("promisedFrames")]
    public long? DeclaredFrameCount { get; init; }

    /// <summary>Frames that came out of the decoder; null where none were counted.</summary>
    [JsonPropertyName("foundFrames")]
    public long? FoundFrameCount { get; init; }

    /// <summary>Audio samples of each channel, encoder delay and padding left out; null where none were counted.</summary>
    [JsonPropertyName("foundSamples")]
    public long? FoundSampleCount { get; init; }

    /// <summary>Damage seen while frames were counted; null where none were.</summary>
    public DamageReport? Damage { get; init; }

    /// <summary>Why frames could not be counted to the end; null where they were, or were not to be counted.</summary>
    public string? CountError { get; init; }
}

/// <summary>Descriptions as JSON: camel case, without the members that are null.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClipDescription))]
internal sealed partial class DescriptionJson : JsonSerializerContext;
