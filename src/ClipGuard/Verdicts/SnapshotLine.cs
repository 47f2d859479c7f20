using System.Text.Json.Serialization;

using ClipGuard.Media;

namespace ClipGuard.Verdicts;

/// <summary>The first line of a snapshot.</summary>
internal sealed record SnapshotHeader
{
    /// <summary>The layout that is written and read.</summary>
    public const int CurrentVersion = 1;

    [JsonPropertyName("clipguardSnapshot")]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>What the verdicts on each kind of clip were come to under.</summary>
    public required IReadOnlyDictionary<ClipKind, VerdictConditions> Are { get; init; }
}

/// <summary>A line of a snapshot: a clip that gives no data. It has nothing that was measured, so that the same faults make the same snapshot.</summary>
internal sealed record SnapshotLine
{
    public required ClipKind Kind { get; init; }

    public required string Clip { get; init; }

    public long? Offset { get; init; }

    public long? Length { get; init; }

    public int? FrameFiles { get; init; }

    public string? NameHash { get; init; }

    public required FaultKind Fault { get; init; }

    [JsonIgnore]
    public ClipName Name => new(Kind, Clip) { Offset = Offset, Length = Length, Frames = FrameFiles, Rest = NameHash };

    public static SnapshotLine Of(ClipName name, FaultKind fault) => new()
    {
        Kind = name.Kind,
        Clip = name.Clip,
        Offset = name.Offset,
        Length = name.Length,
        FrameFiles = name.Frames,
        NameHash = name.Rest,
        Fault = fault,
    };
}
