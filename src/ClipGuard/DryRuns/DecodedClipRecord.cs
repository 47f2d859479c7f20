using System.Text.Json.Serialization;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>
/// One line of <c>clips.jsonl</c>: a clip that decoded, and what its header says of the track that was decoded. What is not known is left out. A clip that the
/// manifest names more than once has one record, for its first mention.
/// </summary>
public sealed record DecodedClipRecord : ClipRecord
{
    /// <summary>The codec's name, as in <c>h264</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Codec { get; init; }

    /// <summary>FFmpeg's name of the container, as in <c>matroska,webm</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Container { get; init; }

    /// <summary>Bytes of the clip as it is stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Bytes { get; init; }

    /// <summary>How long the track is; left out for a picture.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? DurationSeconds { get; init; }

    /// <summary>Samples a second of audio, in Hz.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SampleRateHz { get; init; }

    /// <summary>Channels of audio.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Channels { get; init; }

    /// <summary>Width of a picture as coded, in pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Width { get; init; }

    /// <summary>Height of a picture as coded, in pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Height { get; init; }

    /// <summary>Frames of a video, where its header says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyName("frames")]
    public long? FrameCount { get; init; }

    /// <summary>Frames a second of a video, on average.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? FrameRateHz { get; init; }

    /// <summary>Damage within the limits; left out where there is none, and where the verdict is the store's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DamageReport? Damage { get; init; }

    /// <summary>From dispatch to verdict, all attempts together; left out where the verdict is the store's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ElapsedSeconds { get; init; }

    /// <summary>The record of a clip that decoded.</summary>
    internal static DecodedClipRecord Of(long line, int index, string? id, ClipVerdict verdict) => new()
    {
        Line = line,
        Index = index,
        Id = id,
        Clip = verdict.Clip.AsWritten,
        Path = verdict.Clip.Path,
        Kind = verdict.Clip.Kind,
        Codec = verdict.Facts?.Codec,
        Container = verdict.Facts?.Container,
        Bytes = verdict.Facts?.Bytes,
        DurationSeconds = Rounded(verdict.Facts?.Seconds),
        SampleRateHz = verdict.Facts?.SampleRateHz,
        Channels = verdict.Facts?.Channels,
        Width = verdict.Facts?.Width,
        Height = verdict.Facts?.Height,
        FrameCount = verdict.Facts?.FrameCount,
        FrameRateHz = Rounded(verdict.Facts?.FrameRateHz),
        Damage = verdict.Damage,
        ElapsedSeconds = verdict.Elapsed is { } elapsed ? Seconds.Of(elapsed) : null,
    };

    /// <summary>The verdict that the record stands for.</summary>
    internal ClipVerdict ToVerdict(ClipReference clip) => new(clip)
    {
        Facts = Codec is null ? null : new TrackFacts(Codec)
        {
            Container = Container,
            Bytes = Bytes,
            Seconds = DurationSeconds,
            SampleRateHz = SampleRateHz,
            Channels = Channels,
            Width = Width,
            Height = Height,
            FrameCount = FrameCount,
            FrameRateHz = FrameRateHz,
        },
        Damage = Damage,
        Elapsed = ElapsedSeconds is { } elapsed ? TimeSpan.FromSeconds(elapsed) : null,
        IsEarlier = true,
    };

    private static double? Rounded(double? number) => number is { } known ? Math.Round(known, 6) : null;
}
