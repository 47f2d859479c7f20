using ClipGuard.Manifests;

namespace ClipGuard.Streams.Comparing;

/// <summary>How a manifest of pairs is compared.</summary>
public sealed record ManifestComparisonOptions
{
    /// <summary>
    /// The manifest: of any kind that <see cref="Manifests.Manifest.Open"/> opens, except for folders of media and shards.
    /// </summary>
    public required string ManifestPath { get; init; }

    /// <summary>Receives <c>scores.jsonl</c>, <c>faults.jsonl</c> and <c>excluded.jsonl</c>.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>The field or column that names the reference. Default <c>reference</c>.</summary>
    public string ReferenceColumn { get; init; } = ClipComparer.Reference;

    /// <summary>The field or column that names the distorted clip. Default <c>distorted</c>.</summary>
    public string DistortedColumn { get; init; } = ClipComparer.Distorted;

    /// <summary>Where relative paths are looked for, and how long a line may be.</summary>
    public ManifestOptions Manifest { get; init; } = new();

    /// <summary>Rows that are left out; null (the default) for none.</summary>
    public ExclusionList? Excluded { get; init; }

    /// <summary>Pairs at the same time; more than the guard lets run only wait. Default as the guard's.</summary>
    public int Pairs { get; init; } = new StreamOptions().Runs;
}
