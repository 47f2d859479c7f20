using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;

using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

namespace ClipGuard.Verdicts;

/// <summary>
/// Everything besides a clip's bytes that decides its verdict. A verdict that was come to under other conditions says nothing: a clip that did not decode
/// within 3 s may do so within 60.
/// </summary>
internal sealed record VerdictConditions
{
    /// <summary><see cref="VerdictRulesVersion.Version"/>.</summary>
    public int Rules { get; init; } = VerdictRulesVersion.Version;

    /// <summary>Name and version of the decoder.</summary>
    public required string Decoder { get; init; }

    /// <summary>The decoder's libraries, by the names that their files have behind links, which tell versions that <see cref="Decoder"/> does not.</summary>
    public required IReadOnlyList<string> Libraries { get; init; }

    public required IsolationMode Isolation { get; init; }

    /// <summary>The sandbox that was in force.</summary>
    public required SandboxLevel Sandbox { get; init; }

    public required double DeadlineSeconds { get; init; }

    public required double StallLimitSeconds { get; init; }

    public required long HelperMemoryBytes { get; init; }

    /// <summary>Most bytes that a decode may deliver.</summary>
    public required long PayloadBytes { get; init; }

    /// <summary>Most bytes of a clip that is fetched.</summary>
    public required long FetchedBytes { get; init; }

    public required DecodeLimits Limits { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AudioSpec? Audio { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VideoSpec? Video { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageSpec? Image { get; init; }

    /// <summary>The name of these conditions: a hash of all of them.</summary>
    [JsonIgnore]
    public string Id => XxHash3.HashToUInt64(JsonSerializer.SerializeToUtf8Bytes(this, VerdictLayout.Lines.VerdictConditions))
        .ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The same for a whole clip; null where these are for whole clips. What is missing or not supported there is so in every part of it.</summary>
    [JsonIgnore]
    public VerdictConditions? OfWholeClip =>
        Audio is { StartSeconds: not 0 } or { DurationSeconds: not null } ? this with { Audio = Audio with { StartSeconds = 0, DurationSeconds = null } }
        : Video is { StartSeconds: not 0 } or { EndSeconds: not null } ? this with { Video = Video with { StartSeconds = 0, EndSeconds = null } }
        : null;

    /// <summary>What kind of clips they are for.</summary>
    [JsonIgnore]
    public ClipKind? Kind => Audio is not null ? ClipKind.Audio : Video is not null ? ClipKind.Video : Image is not null ? ClipKind.Image : null;

    /// <summary>What differs between two, one clause each.</summary>
    public static IReadOnlyList<string> Differences(VerdictConditions then, VerdictConditions now)
    {
        var differences = new List<string>();
        JsonComparison.Compare(
            JsonSerializer.SerializeToNode(then, VerdictLayout.Lines.VerdictConditions),
            JsonSerializer.SerializeToNode(now, VerdictLayout.Lines.VerdictConditions),
            differences);
        return differences;
    }

    /// <summary>Conditions for the clips of one kind.</summary>
    /// <param name="decoder">Decodes them.</param>
    /// <param name="guard">How decodes are guarded.</param>
    /// <param name="limits">What one may take.</param>
    /// <param name="spec">What clips become.</param>
    public static VerdictConditions Of(IGuardedDecoder decoder, SupervisorOptions guard, DecodeLimits limits, ClipSpec spec) => new()
    {
        Decoder = decoder.DecoderVersion,
        Libraries = [.. decoder.DecoderFiles.Select(static file => Path.GetFileName(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file))],
        Isolation = guard.Isolation,
        Sandbox = decoder.Sandbox,
        DeadlineSeconds = guard.Deadline.TotalSeconds,
        StallLimitSeconds = guard.StallLimit.TotalSeconds,
        HelperMemoryBytes = guard.HelperMemoryBytes,
        PayloadBytes = guard.PayloadBytes,
        FetchedBytes = guard.Fetching.MaxBytes,
        Limits = limits,
        Audio = spec as AudioSpec,
        Video = spec as VideoSpec,
        Image = spec as ImageSpec,
    };
}
