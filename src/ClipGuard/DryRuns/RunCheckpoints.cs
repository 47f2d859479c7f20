using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;

namespace ClipGuard.DryRuns;

/// <summary>Makes the checkpoints of a run: what was counted, and how long the files of findings are at that moment.</summary>
/// <param name="output">The run's folder.</param>
/// <param name="manifest">Which manifest is read; null where it cannot be read a second time, so that there are no checkpoints.</param>
/// <param name="manifestName">What it is called.</param>
/// <param name="shard">Which share of it is read; null for all.</param>
/// <param name="settings">The settings in force.</param>
/// <param name="elapsed">How long the run took so far.</param>
internal sealed class RunCheckpoints(
    OutputFolder output, ManifestIdentity? manifest, string manifestName, ShardNumber? shard, VerdictSettings settings, Func<TimeSpan> elapsed)
{
    /// <summary>
    /// The checkpoint of rows that are recorded; null where there is none. A run that tries unsettled clips again has none either: it begins anew where it is
    /// interrupted.
    /// </summary>
    public Checkpoint? OfRows(RunTally recorded) => output.Earlier.Retried is not null ? null
        : Of(recorded) is not { } checkpoint ? null
        : checkpoint with
        {
            Behind = recorded.LastRow is { } last ? ManifestResumePoint.Behind(last, manifestName, recorded.Rows) : output.Earlier.Continued?.Behind,
        };

    /// <summary>The checkpoint of a run that reached the manifest's end, for one that tries what it left unsettled; null where there is none.</summary>
    public Checkpoint? OfWhole(RunTally recorded) => Of(recorded) is { } checkpoint ? checkpoint with { IsWhole = true } : null;

    private Checkpoint? Of(RunTally recorded) => manifest is null ? null : new Checkpoint
    {
        Manifest = manifest,
        Shard = shard,
        Settings = settings,
        Tally = recorded,
        FaultsBytes = output.Files.Faults.Length,
        CleanBytes = output.Files.Clean?.Length ?? 0,
        ExcludedBytes = output.Files.Excluded.Length,
        UnsettledBytes = output.Files.Unsettled.Length,
        SeenBytes = output.Files.Seen.Length,
        ClipsBytes = output.Files.Clips.Length,
        DisagreementsBytes = output.Files.Disagreements?.Length ?? 0,
        Elapsed = elapsed(),
    };
}
