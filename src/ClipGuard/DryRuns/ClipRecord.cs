using System.Text.Json.Serialization;

using ClipGuard.Manifests;
using ClipGuard.Media;

namespace ClipGuard.DryRuns;

/// <summary>How lines of <c>clips.jsonl</c>, <c>unsettled.jsonl</c> and <c>disagreements.jsonl</c> name a clip, before all else that they say of it.</summary>
public abstract record ClipRecord
{
    /// <summary>1-based line of the manifest.</summary>
    [JsonPropertyOrder(-1)]
    public required long Line { get; init; }

    /// <summary>Which of the row's clips, from 0.</summary>
    [JsonPropertyOrder(-1)]
    public required int Index { get; init; }

    /// <summary>The row's own id, where it is known (<see cref="ManifestOptions.IdField"/>).</summary>
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    /// <summary>The manifest's own words for the clip; encoded bytes are shortened.</summary>
    [JsonPropertyOrder(-1)]
    public required string Clip { get; init; }

    /// <summary>Absolute path of the file; null where the clip is not in one.</summary>
    [JsonPropertyOrder(-1)]
    public required string? Path { get; init; }

    /// <summary>What it was decoded as, or was to be.</summary>
    [JsonPropertyOrder(-1)]
    public required ClipKind Kind { get; init; }
}
