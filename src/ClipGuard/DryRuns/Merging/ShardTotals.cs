using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

namespace ClipGuard.DryRuns.Merging;

/// <summary>The counts of all shards together.</summary>
internal static class ShardTotals
{
    private const int SlowestKept = 10;

    /// <summary>What a run of the whole manifest would have counted. Times are those of all shards, one after the other.</summary>
    /// <param name="shards">All shards in their order.</param>
    /// <param name="linesBefore">What is added to each shard's lines.</param>
    /// <param name="cleanPath">Where the clean rows go.</param>
    public static DryRunSummary Of(IReadOnlyList<FinishedShard> shards, IReadOnlyList<long> linesBefore, string? cleanPath)
    {
        DryRunSummary[] each = [.. shards.Select(static shard => shard.Summary)];
        double elapsed = Math.Round(each.Sum(static one => one.ElapsedSeconds), 3);
        long clips = each.Sum(static one => one.ClipCount);
        (long Distinct, long FromStore)? seen = CountSeen(shards);
        var slowest = new SlowestClips(SlowestKept);
        foreach ((DryRunSummary one, long before) in each.Zip(linesBefore))
        {
            foreach (SlowClip clip in one.Slowest)
            {
                slowest.Add(clip with { Line = clip.Line + before });
            }
        }

        return each[0] with
        {
            Shard = null,
            SampleCount = each.Sum(static one => one.SampleCount),
            CleanSampleCount = each.Sum(static one => one.CleanSampleCount),
            LeftOutCount = each.Sum(static one => one.LeftOutCount),
            WarnedSampleCount = each.Sum(static one => one.WarnedSampleCount),
            ClipCount = clips,
            OkCount = each.Sum(static one => one.OkCount),
            UnsettledCount = each.Sum(static one => one.UnsettledCount),
            NotFoundCount = Math.Max(0, shards[0].Record.RowsToLeaveOut - each.Sum(static one => one.LeftOutCount)),
            FromStoreCount = seen?.FromStore ?? each.Sum(static one => one.FromStoreCount),
            RepeatedCount = seen is { } counted ? clips - shards.Sum(static shard => shard.Record.Refused) - counted.Distinct
                : each.Sum(static one => one.RepeatedCount),
            Agreement = Agreement.Sum([.. each.Select(static one => one.Agreement)]),
            Helpers = ReuseAfterFaultReport.Sum(each.Select(static one => one.Helpers)),
            Faults = each[0].Faults.Keys.ToDictionary(static name => name, name => each.Sum(one => one.Faults[name])),
            ResumedRowCount = each.Sum(static one => one.ResumedRowCount),
            ElapsedSeconds = elapsed,
            ClipsPerSecond = elapsed > 0 ? Math.Round(clips / elapsed, 3) : 0,
            Slowest = slowest.ToList(),
            CleanHasRelativePaths = each.Any(static one => one.CleanHasRelativePaths),
            Settings = each[0].Settings with { CleanManifest = cleanPath },
        };
    }

    // A clip that several shards name is one clip: in a single run the first of its mentions gives the verdict, and all others are repeats. Null where a shard
    // has not written its clips down.
    private static (long Distinct, long FromStore)? CountSeen(IReadOnlyList<FinishedShard> shards)
    {
        using var clips = new CompactHashSet(long.MaxValue);
        long fromStore = 0;
        foreach (FinishedShard shard in shards)
        {
            if (!shard.Record.FileBytes.TryGetValue(OutputPaths.SeenName, out long bytes))
            {
                return null;
            }

            foreach (SeenClipRecord clip in SeenClipRecord.Read(shard.FileOf(OutputPaths.SeenName), bytes))
            {
                fromStore += clips.Add(clip.Hash) && clip.IsFromStore ? 1 : 0;
            }
        }

        return (clips.Count, fromStore);
    }
}
