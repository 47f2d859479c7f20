using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>
/// The part of a manifest that this run reads, and the manifest as it was at the run's beginning. Other jobs read the same one, and what each found belongs
/// together only where all of them read the same bytes.
/// </summary>
internal sealed class ShardRecordBuilder
{
    private readonly ManifestShard _shard;
    private readonly ShardManifest _before;

    private ShardRecordBuilder(ManifestShard shard, ShardManifest before)
    {
        _shard = shard;
        _before = before;
    }

    /// <summary>Looks at the manifest before its rows are read.</summary>
    /// <param name="shard">The part.</param>
    /// <param name="cancellation">Ends the look.</param>
    public static async Task<ShardRecordBuilder> BeginAsync(ManifestShard shard, CancellationToken cancellation) =>
        new(shard, await ShardManifest.OfAsync(shard, cancellation).ConfigureAwait(false));

    /// <summary>What a merge has to know of a run that is whole, beside the lengths of its files.</summary>
    /// <param name="settings">The settings in force.</param>
    /// <param name="headerBytes">Bytes at the start of the clean rows that are no rows.</param>
    /// <param name="refused">Clips that were refused by their references.</param>
    /// <param name="exclusion">The rows that are left out; null for none.</param>
    /// <exception cref="OutputException">The manifest has changed meanwhile.</exception>
    public async Task<ShardRecord> RecordAsync(VerdictSettings settings, int headerBytes, long refused, ResolvedExclusions? exclusion)
    {
        ShardManifest now = await ShardManifest.OfAsync(_shard, CancellationToken.None).ConfigureAwait(false);
        return ShardManifest.Difference(_before, now) is not { } change
            ? new ShardRecord
            {
                Shard = _shard.Number,
                Extent = _shard.Extent,
                Lines = _shard.LineCount,
                CountsLinesOfFiles = _shard.CountsLinesOfFiles,
                Manifest = now,
                Settings = settings,
                FileBytes = new Dictionary<string, long>(),
                CleanHeaderBytes = headerBytes,
                Refused = refused,
                RowsToLeaveOut = exclusion?.Unmet(0) is null ? 0 : exclusion.Count,
            }
            : throw new OutputException(
                $"{_shard.Name} has changed while shard {_shard.Number} of it was read: {change}. Start all shards over (--fresh)");
    }
}
