using System.Threading.Channels;

using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <content>What is written down of what was found.</content>
public sealed partial class DryRun
{
    private async Task RecordAsync(ChannelReader<RowInFlight> rows, ByteBudget budget, Recorder recorder)
    {
        try
        {
            while (await rows.WaitToReadAsync().ConfigureAwait(false))
            {
                while (rows.TryRead(out RowInFlight? row))
                {
                    if (!row.Finished.IsCompleted)
                    {
                        recorder.Flush();
                        budget.HoldUp(true);
                        await WaitForAsync(row, recorder).ConfigureAwait(false);
                        budget.HoldUp(false);
                    }

                    recorder.Record(row);
                    budget.Return(row.HeldBytes);
                }

                recorder.Flush();
            }
        }
        finally
        {
            // Whether the run ends in an error or was stopped: the next run goes on from here.
            recorder.Checkpoint();
        }
    }

    // While a row hangs, those behind it go on, and what is found of them has to reach the disk.
    private async Task WaitForAsync(RowInFlight row, Recorder recorder)
    {
        while (!row.Finished.IsCompleted)
        {
            await row.Finished.WaitAsync(Recorder.CheckpointInterval, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!row.Finished.IsCompleted)
            {
                recorder.FlushToDisk();
            }
        }
    }

    private ShardExtent ExtentOf(ManifestIdentity? identity) => _part is not null ? _part.Extent
        : new ShardExtent(ShardExtent.Bytes, 0, identity is { Files: 1 } ? identity.Bytes : 0);

    // Other jobs read the same manifest, and what each found belongs together only where all of them read the same bytes.
    private async Task<ShardRecord> RecordShardAsync(ManifestShard shard, ShardManifest before, int headerBytes, long refused)
    {
        ShardManifest now = await ShardManifest.OfAsync(shard, CancellationToken.None).ConfigureAwait(false);
        return ShardManifest.Difference(before, now) is not { } change
            ? new ShardRecord
            {
                Shard = shard.Number,
                Extent = shard.Extent,
                Lines = shard.LineCount,
                CountsLinesOfFiles = shard.CountsLinesOfFiles,
                Manifest = now,
                Settings = _settings,
                FileBytes = new Dictionary<string, long>(),
                CleanHeaderBytes = headerBytes,
                Refused = refused,
                RowsToLeaveOut = _exclusion?.Unmet(0) is null ? 0 : _exclusion.Count,
            }
            : throw new OutputException($"{shard.Name} has changed while shard {shard.Number} of it was read: {change}. Start all shards over (--fresh)");
    }

    private DryRunSummary Summarise(RunTally tally, long resumedAfter, TimeSpan elapsed, bool cancelled) => new()
    {
        Cancelled = cancelled,
        Manifest = _manifest.Name,
        SampleCount = tally.Samples,
        CleanSampleCount = tally.CleanSamples,
        LeftOutCount = _excluding?.LeftOut ?? 0,
        NotFoundCount = cancelled || _part is not null || _options.Limit is not null || _exclusion?.Unmet(_excluding!.LeftOut) is null ? 0
            : _exclusion.Count - _excluding.LeftOut,
        WarnedSampleCount = tally.SamplesWithWarnings,
        ClipCount = tally.Clips,
        OkCount = tally.Ok,
        Faults = tally.Faults,
        UnsettledCount = tally.Unsettled,
        FromStoreCount = tally.FromStore,
        RepeatedCount = tally.Repeated,
        ResumedRowCount = resumedAfter,
        ElapsedSeconds = Math.Round(elapsed.TotalSeconds, 3),
        ClipsPerSecond = Math.Round(tally.Clips / elapsed.TotalSeconds, 3),
        Slowest = tally.Slowest,
        CleanHasRelativePaths = tally.CleanHasRelativePaths,
        Agreement = _second is null ? null : new Agreement
        {
            Also = _second.Version,
            Tolerance = _options.DisagreementTolerance,
            Formats = [.. tally.Agreement.Values.OrderBy(static format => format.Format, StringComparer.Ordinal)],
        },
        Helpers = _decoder.Reuse,
        Versions = new DryRunVersions(_settings.ClipGuard, _decoder.DecoderVersion, _decoder.DecoderFiles),
        Settings = new DryRunSettings
        {
            Guard = _options.Guard,
            SandboxInForce = _decoder.Sandbox,
            Manifest = _options.Manifest,
            Audio = _options.Audio,
            Video = _options.Video,
            Image = _options.Image,
            Limits = _options.Limits,
            Limit = _options.Limit,
            ClipsPerSample = _options.ClipsPerSample,
            CleanManifest = _settings.CleanManifest,
        },
    };
}
