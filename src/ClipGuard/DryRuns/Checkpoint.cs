namespace ClipGuard.DryRuns;

/// <summary>
/// Where an interrupted run can go on: every row before it is recorded, and the files have these lengths. It is in the output folder as
/// <c>unfinished.json</c> until the run has ended.
/// </summary>
internal sealed record Checkpoint
{
    /// <summary>The only layout so far.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public required ManifestIdentity Manifest { get; init; }

    public required VerdictSettings Settings { get; init; }

    public required RunTally Tally { get; init; }

    public required long FaultsBytes { get; init; }

    public required long CleanBytes { get; init; }

    public required TimeSpan Elapsed { get; init; }
}
