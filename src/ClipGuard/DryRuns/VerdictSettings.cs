using System.Text.Json;
using System.Text.Json.Nodes;

using ClipGuard.Manifests;
using ClipGuard.Media;
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

    public required Isolation Isolation { get; init; }

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

    /// <summary>The fingerprint of the list of rows that are left out; null for none.</summary>
    public string? Exclude { get; init; }

    public required string? CleanManifest { get; init; }

    /// <summary>The settings that differ between two runs, one clause each; none where they agree.</summary>
    public static IReadOnlyList<string> Differences(VerdictSettings before, VerdictSettings now)
    {
        var differences = new List<string>();
        Compare(string.Empty, ToNode(before), ToNode(now), differences);
        return differences;
    }

    private static JsonNode? ToNode(VerdictSettings settings) => JsonSerializer.SerializeToNode(settings, RecordLayout.Readable.VerdictSettings);

    private static void Compare(string name, JsonNode? before, JsonNode? now, List<string> differences)
    {
        if (before is JsonObject a && now is JsonObject b)
        {
            foreach (string key in a.Select(pair => pair.Key).Union(b.Select(pair => pair.Key)))
            {
                Compare(name.Length == 0 ? key : $"{name}.{key}", a[key], b[key], differences);
            }
        }
        else if (!JsonNode.DeepEquals(before, now))
        {
            differences.Add($"{name} was {Text(before)} and is {Text(now)}");
        }
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "not set";
}
