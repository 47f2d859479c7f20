using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

using ClipGuard.Fetching;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>
/// The settings that a verdict depends on. Verdicts under different settings do not belong in one list, so an interrupted run can go on only where they are
/// the same. The number of workers is not one of them.
/// </summary>
internal sealed record VerdictSettings
{
    public required string ClipGuard { get; init; }

    public required string Decoder { get; init; }

    public required IsolationMode Isolation { get; init; }

    public required TimeSpan Deadline { get; init; }

    public required TimeSpan StallLimit { get; init; }

    public required long HelperMemoryBytes { get; init; }

    public required SandboxLevel Sandbox { get; init; }

    public required FetchOptions Fetching { get; init; }

    public required AudioSpec Audio { get; init; }

    public required VideoSpec Video { get; init; }

    public required ImageSpec Image { get; init; }

    public required DecodeLimits Limits { get; init; }

    public required ManifestOptions Manifest { get; init; }

    public required int? ClipsPerSample { get; init; }

    /// <summary>The second decoder that was asked; left out where none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Also { get; init; }

    /// <summary>How far values of the two may lie apart; left out where there is one decoder.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? DisagreementTolerance { get; init; }

    /// <summary>The fingerprint of the list of rows that are left out; null for none.</summary>
    public string? Exclude { get; init; }

    public required string? CleanManifest { get; init; }

    /// <summary>The settings that differ between two runs, one clause each; none where they agree.</summary>
    public static IReadOnlyList<string> Differences(VerdictSettings before, VerdictSettings now)
    {
        var differences = new List<string>();
        JsonComparison.Compare(ToNode(before), ToNode(now), differences);
        return differences;
    }

    private static JsonNode? ToNode(VerdictSettings settings) => JsonSerializer.SerializeToNode(settings, RecordLayout.Readable.VerdictSettings);
}
