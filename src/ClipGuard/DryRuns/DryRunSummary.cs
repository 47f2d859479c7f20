using System.Text.Json.Serialization;

using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>The result of a dry run: the content of <c>summary.json</c>.</summary>
public sealed record DryRunSummary
{
    /// <summary>True where the run was stopped before the manifest's end. The counts are then those of the part that was read.</summary>
    public required bool Cancelled { get; init; }

    /// <summary>Absolute path of the manifest.</summary>
    public required string Manifest { get; init; }

    /// <summary>Which share of the manifest was read; null for all of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ShardNumber? Shard { get; init; }

    /// <summary>Rows that are samples.</summary>
    [JsonPropertyName("samples")]
    public required long SampleCount { get; init; }

    /// <summary>Samples whose clips all decoded.</summary>
    [JsonPropertyName("cleanSamples")]
    public required long CleanSampleCount { get; init; }

    /// <summary>Rows that were left out because a list of excluded rows names them (<see cref="DryRunOptions.Excluded"/>); counted nowhere else.</summary>
    [JsonPropertyName("leftOut")]
    public long LeftOutCount { get; init; }

    /// <summary>
    /// Rows that such a list names and that did not come, though their source is part of the manifest: it may be of another version of it. 0 for a run that
    /// did not reach the manifest's end.
    /// </summary>
    [JsonPropertyName("notFound")]
    public long NotFoundCount { get; init; }

    /// <summary>Samples for which the manifest reader has a warning, which does not stop training; the warnings are in the log.</summary>
    [JsonPropertyName("samplesWithWarnings")]
    public required long WarnedSampleCount { get; init; }

    /// <summary>Clips with a verdict.</summary>
    [JsonPropertyName("clips")]
    public required long ClipCount { get; init; }

    /// <summary>Clips that decoded.</summary>
    [JsonPropertyName("ok")]
    public required long OkCount { get; init; }

    /// <summary>
    /// Clips that nobody knows the truth of, because a busy machine, storage or a server stood in the way: <c>unsettled.jsonl</c> names them. Not among
    /// <see cref="ClipCount"/>; their samples are neither clean nor faulty.
    /// </summary>
    [JsonPropertyName("unsettled")]
    public required long UnsettledCount { get; init; }

    /// <summary>Of <see cref="ClipCount"/>, those whose verdict the store had (<see cref="DryRunOptions.Verdicts"/>).</summary>
    [JsonPropertyName("fromStore")]
    public long FromStoreCount { get; init; }

    /// <summary>Of <see cref="ClipCount"/>, later mentions of a clip, which have the verdict of the first.</summary>
    [JsonPropertyName("repeated")]
    public long RepeatedCount { get; init; }

    /// <summary>A count for each fault, zeros and bad manifest lines included.</summary>
    public required IReadOnlyDictionary<string, long> Faults { get; init; }

    /// <summary>Rows, bad ones included, that an interrupted run before this one had recorded; 0 where there was none.</summary>
    [JsonPropertyName("resumedAfterRows")]
    public required long ResumedRowCount { get; init; }

    /// <summary>Wall clock, including that of an interrupted run that this one continued.</summary>
    public required double ElapsedSeconds { get; init; }

    /// <summary>Clips per elapsed second.</summary>
    public required double ClipsPerSecond { get; init; }

    /// <summary>The slowest clips, slowest first, ten at most.</summary>
    public required IReadOnlyList<SlowClip> Slowest { get; init; }

    /// <summary>
    /// True where rows in the clean manifest name clips by relative paths: these are valid beside the original manifest, or with the same root.
    /// </summary>
    public required bool CleanHasRelativePaths { get; init; }

    /// <summary>
    /// What came of helpers that stayed in use after they had found a fault. Where it has a <see cref="ReuseAfterFaultReport.Disagreement"/>, what was found by
    /// such helpers is to be doubted: run once more with <see cref="SupervisorOptions.ConfirmOneIn"/> 0.
    /// </summary>
    public ReuseAfterFaultReport Helpers { get; init; } = new();

    /// <summary>How often a second decoder agreed; null where none was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Agreement? Agreement { get; init; }

    /// <summary>The versions that decoded.</summary>
    public required DryRunVersions Versions { get; init; }

    /// <summary>The settings in force.</summary>
    public required DryRunSettings Settings { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

    /// <summary>Faults of all kinds together.</summary>
    internal long FaultCount => Faults.Values.Sum();
}

/// <summary>The versions that decoded.</summary>
/// <param name="ClipGuard">ClipGuard's version.</param>
/// <param name="Decoder">Name and version of the decoder, as in <c>FFmpeg 5.1.9</c>.</param>
/// <param name="DecoderFiles">Paths of FFmpeg's five libraries; empty where helpers are somebody else's program.</param>
public sealed record DryRunVersions(string ClipGuard, string Decoder, IReadOnlyList<string> DecoderFiles)
{
    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);
}

/// <summary>The settings that a dry run ran with.</summary>
public sealed record DryRunSettings
{
    /// <summary>How decodes were guarded.</summary>
    public required SupervisorOptions Guard { get; init; }

    /// <summary>The sandbox level that this machine gave, which may be lower than what was asked for.</summary>
    public required SandboxLevel SandboxInForce { get; init; }

    /// <summary>How the manifest was read.</summary>
    public required ManifestOptions Manifest { get; init; }

    /// <summary>What audio was decoded to.</summary>
    public required AudioSpec Audio { get; init; }

    /// <summary>What video was decoded to.</summary>
    public required VideoSpec Video { get; init; }

    /// <summary>What images were decoded to.</summary>
    public required ImageSpec Image { get; init; }

    /// <summary>What one decode could take.</summary>
    public required DecodeLimits Limits { get; init; }

    /// <summary>Rows to read; null for all.</summary>
    public required long? Limit { get; init; }

    /// <summary>Most clips of one kind in a sample; null for any number.</summary>
    public required int? ClipsPerSample { get; init; }

    /// <summary>Where the clean rows went; null where rows are no text, as those of folders and shards.</summary>
    public required string? CleanManifest { get; init; }
}
