using System.Text.Json.Serialization;

using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Manifests;
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

    /// <summary>Rows that are samples.</summary>
    public required long Samples { get; init; }

    /// <summary>Samples whose clips all decoded.</summary>
    public required long CleanSamples { get; init; }

    /// <summary>Rows that were left out because a list of excluded rows names them (<see cref="DryRunOptions.Excluded"/>); counted nowhere else.</summary>
    public long LeftOut { get; init; }

    /// <summary>
    /// Rows that such a list names and that did not come, though their source is part of the manifest: it may be of another version of it. 0 for a run that
    /// did not reach the manifest's end.
    /// </summary>
    public long NotFound { get; init; }

    /// <summary>Samples for which the manifest reader has a warning, which does not stop training; the warnings are in the log.</summary>
    public required long SamplesWithWarnings { get; init; }

    /// <summary>Clips with a verdict.</summary>
    public required long Clips { get; init; }

    /// <summary>Clips that decoded.</summary>
    public required long Ok { get; init; }

    /// <summary>
    /// Clips that nobody knows the truth of, because a busy machine, storage or a server stood in the way: <c>unsettled.jsonl</c> names them. Not among
    /// <see cref="Clips"/>; their samples are neither clean nor faulty.
    /// </summary>
    public required long Unsettled { get; init; }

    /// <summary>Of <see cref="Clips"/>, those whose verdict the store had (<see cref="DryRunOptions.Verdicts"/>).</summary>
    public long FromStore { get; init; }

    /// <summary>Of <see cref="Clips"/>, later mentions of a clip, which have the verdict of the first.</summary>
    public long Repeated { get; init; }

    /// <summary>A count for each fault, zeros and bad manifest lines included.</summary>
    public required IReadOnlyDictionary<string, long> Faults { get; init; }

    /// <summary>Rows, bad ones included, that an interrupted run before this one had recorded; 0 where there was none.</summary>
    public required long ResumedAfterRows { get; init; }

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
    /// What came of helpers that stayed in use after they had found a fault. Where it has a <see cref="HelperReuse.Disagreement"/>, what was found by such
    /// helpers is to be doubted: run once more with <see cref="SupervisorOptions.ConfirmOneIn"/> 0.
    /// </summary>
    public HelperReuse Helpers { get; init; } = new();

    /// <summary>How often a second decoder agreed; null where none was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Agreement? Agreement { get; init; }

    /// <summary>The versions that decoded.</summary>
    public required DryRunVersions Versions { get; init; }

    /// <summary>The settings in force.</summary>
    public required DryRunSettings Settings { get; init; }

    /// <summary>Faults of all kinds together.</summary>
    internal long FaultCount => Faults.Values.Sum();
}

/// <summary>The versions that decoded.</summary>
/// <param name="ClipGuard">ClipGuard's version.</param>
/// <param name="Decoder">Name and version of the decoder, as in <c>FFmpeg 5.1.9</c>.</param>
/// <param name="DecoderFiles">Paths of FFmpeg's five libraries; empty where helpers are somebody else's program.</param>
public sealed record DryRunVersions(string ClipGuard, string Decoder, IReadOnlyList<string> DecoderFiles);

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
