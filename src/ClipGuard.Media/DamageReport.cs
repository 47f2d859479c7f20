using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>What a decoder had to guess, drop or repeat. Damage is always reported, never repaired without a word.</summary>
public sealed record DamageReport
{
    /// <summary>No damage.</summary>
    public static DamageReport None { get; } = new();

    /// <summary>Frames in which the decoder concealed errors, seen while decoding what was wanted.</summary>
    [JsonPropertyName("concealedFrames")]
    public long ConcealedFrameCount { get; init; }

    /// <summary>Frames or packets marked corrupt, or before which the container had to skip bytes; also a damaged picture that was tolerated.</summary>
    [JsonPropertyName("corruptFrames")]
    public long CorruptFrameCount { get; init; }

    /// <summary>Packets that the decoder refused.</summary>
    [JsonPropertyName("refusedPackets")]
    public long RefusedPacketCount { get; init; }

    /// <summary>Video frames that were promised or asked for and never came.</summary>
    [JsonPropertyName("missingFrames")]
    public long MissingFrameCount { get; init; }

    /// <summary>Audio samples of each channel, at the track's own rate, that were promised by the container or lay in a packet that was refused.</summary>
    [JsonPropertyName("missingSamples")]
    public long MissingSampleCount { get; init; }

    /// <summary>
    /// Delivered frames that repeat another because more were wanted than there are, plus frames that the decoder gave a second time at the same time
    /// (which are not delivered twice).
    /// </summary>
    [JsonPropertyName("repeatedFrames")]
    public long RepeatedFrameCount { get; init; }

    /// <summary>Wanted frames that are damaged: concealed or corrupt themselves, built on such a frame, or missing.</summary>
    [JsonPropertyName("damagedWantedFrames")]
    public long DamagedWantedFrameCount { get; init; }

    /// <summary>
    /// Time of the first damage within the clip; null where there is none or it is not known. In JSON a number of seconds, <c>firstAtSeconds</c>.
    /// </summary>
    [JsonPropertyName("firstAtSeconds")]
    [JsonConverter(typeof(SecondsJson))]
    public TimeSpan? FirstAt { get; init; }
}

/// <summary>A time as a number of seconds.</summary>
internal sealed class SecondsJson : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        double seconds = reader.GetDouble();
        return Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : throw new JsonException($"{seconds} seconds are no time.");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);
}
