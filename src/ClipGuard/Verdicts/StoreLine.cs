using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

namespace ClipGuard.Verdicts;

/// <summary>The first line of a file of the store.</summary>
internal sealed record StoreHeader
{
    /// <summary>The layout that is written and read.</summary>
    public const int CurrentVersion = 1;

    [JsonPropertyName("clipguardVerdicts")]
    public int Version { get; init; } = CurrentVersion;

    public required StoreFileKind Holds { get; init; }

    public required string Writer { get; init; }
}

/// <summary>What a file of the store holds.</summary>
internal enum StoreFileKind
{
    /// <summary>Clips that decoded, and what their decoder said of them.</summary>
    Facts,

    /// <summary>Clips that gave no data.</summary>
    Faults,
}

/// <summary>A line of the store: what a name of conditions stands for, or a verdict under conditions that a line before it has named.</summary>
internal sealed record StoreLine
{
    /// <summary>The name of the conditions.</summary>
    public required string Settings { get; init; }

    /// <summary>What the name stands for; null in the line of a verdict.</summary>
    public VerdictConditions? Are { get; init; }

    public ClipKind? Kind { get; init; }

    public string? Clip { get; init; }

    public long? Offset { get; init; }

    public long? Length { get; init; }

    public int? FrameFiles { get; init; }

    public string? NameHash { get; init; }

    public long? Size { get; init; }

    public long? Modified { get; init; }

    public string? Content { get; init; }

    public string? Etag { get; init; }

    /// <summary>When it was found, in seconds since 1970: of two verdicts on the same bytes the later counts.</summary>
    public long? At { get; init; }

    /// <summary>From dispatch to verdict.</summary>
    public double? ElapsedSeconds { get; init; }

    /// <summary>The fault; null for a clip that decoded.</summary>
    public StoredFault? Fault { get; init; }

    /// <summary>What the decoder said of a clip that decoded; null where it said nothing.</summary>
    public TrackFacts? Facts { get; init; }

    /// <summary>Whose verdict it is; null for a line of conditions, and for one that names no clip.</summary>
    [JsonIgnore]
    public ByteIdentity? Identity => Kind is not { } kind || Clip is null ? null
        : new ByteIdentity(new ClipName(kind, Clip) { Offset = Offset, Length = Length, Frames = FrameFiles, Rest = NameHash })
        {
            Size = Size,
            Modified = Modified,
            Content = Content,
            ETag = Etag,
        };

    /// <summary>The line for a verdict.</summary>
    public static StoreLine Of(ByteIdentity identity, string settings, long at, TimeSpan? elapsed) => new()
    {
        Settings = settings,
        Kind = identity.Name.Kind,
        Clip = identity.Name.Clip,
        Offset = identity.Name.Offset,
        Length = identity.Name.Length,
        FrameFiles = identity.Name.Frames,
        NameHash = identity.Name.Rest,
        Size = identity.Size,
        Modified = identity.Modified,
        Content = identity.Content,
        Etag = identity.ETag,
        At = at,
        ElapsedSeconds = elapsed is { } time ? Seconds.Of(time) : null,
    };
}

/// <summary>The JSON of a store: camel case, enums as words, without the members that are null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(CamelCaseEnumConverter<ClipKind>),
        typeof(CamelCaseEnumConverter<DecodeStage>),
        typeof(CamelCaseEnumConverter<SandboxLevel>),
        typeof(CamelCaseEnumConverter<IsolationMode>),
        typeof(CamelCaseEnumConverter<StoreFileKind>),
    ],
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoreHeader))]
[JsonSerializable(typeof(StoreLine))]
[JsonSerializable(typeof(VerdictConditions))]
[JsonSerializable(typeof(SnapshotHeader))]
[JsonSerializable(typeof(SnapshotLine))]
internal sealed partial class VerdictJson : JsonSerializerContext;

/// <summary>Names and messages are written as they are, since people search these files.</summary>
internal static class VerdictLayout
{
    /// <summary>One value a line.</summary>
    public static VerdictJson Lines { get; } =
        new(new JsonSerializerOptions(VerdictJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
