using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;

namespace ClipGuard.DryRuns;

/// <summary>
/// Where an interrupted run can go on: every row before it is recorded, and the files have these lengths; what is known of later rows is in the
/// <see cref="Journal"/>. It is in the output folder as <c>unfinished.json</c> from the run's begin to its end.
/// </summary>
internal sealed record Checkpoint
{
    /// <summary>The layout that is written and read.</summary>
    public const int CurrentVersion = 6;

    public int Version { get; init; } = CurrentVersion;

    public required ManifestIdentity Manifest { get; init; }

    /// <summary>Which share of it is read; null for all.</summary>
    public required ShardNumber? Shard { get; init; }

    /// <summary>True for a run that reached the manifest's end and left clips unsettled: another one tries these alone.</summary>
    public bool IsWhole { get; init; }

    public required VerdictSettings Settings { get; init; }

    public required RunTally Tally { get; init; }

    /// <summary>Behind which row the run goes on; null where no row is recorded.</summary>
    public ManifestResumePoint? Behind { get; init; }

    public required long FaultsBytes { get; init; }

    public required long CleanBytes { get; init; }

    public required long ExcludedBytes { get; init; }

    public required long UnsettledBytes { get; init; }

    public required long SeenBytes { get; init; }

    public required long ClipsBytes { get; init; }

    public long DisagreementsBytes { get; init; }

    public required TimeSpan Elapsed { get; init; }
}
