using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>Makes the summary of a run.</summary>
/// <param name="manifest">What was read.</param>
/// <param name="options">The run's options.</param>
/// <param name="settings">The settings in force.</param>
/// <param name="decoder">The decoder.</param>
/// <param name="second">The second decoder; null for none.</param>
internal sealed class SummaryBuilder(
    InputManifest manifest, DryRunOptions options, VerdictSettings settings, IGuardedDecoder decoder, SecondDecoder? second)
{
    /// <summary>The summary.</summary>
    /// <param name="tally">What was counted, in earlier runs too.</param>
    /// <param name="resumedAfter">Rows that earlier runs recorded.</param>
    /// <param name="elapsed">How long all of them took.</param>
    /// <param name="cancelled">Whether rows are left.</param>
    public DryRunSummary Build(RunTally tally, long resumedAfter, TimeSpan elapsed, bool cancelled) => new()
    {
        Cancelled = cancelled,
        Manifest = manifest.Rows.Name,
        Shard = manifest.Shard?.Number,
        SampleCount = tally.Samples,
        CleanSampleCount = tally.CleanSamples,
        LeftOutCount = manifest.LeftOut,
        NotFoundCount = manifest.CountNotFound(isRead: !cancelled && options.Limit is null),
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
        Agreement = second is null ? null : new Agreement
        {
            Also = second.Version,
            Tolerance = options.DisagreementTolerance,
            Formats = [.. tally.Agreement.Values.OrderBy(static format => format.Format, StringComparer.Ordinal)],
        },
        Helpers = decoder.Reuse,
        Versions = new DryRunVersions(settings.ClipGuard, decoder.DecoderVersion, decoder.DecoderFiles),
        Settings = new DryRunSettings
        {
            Guard = options.Guard,
            SandboxInForce = decoder.Sandbox,
            Manifest = options.Manifest,
            Audio = options.Audio,
            Video = options.Video,
            Image = options.Image,
            Limits = options.Limits,
            Limit = options.Limit,
            ClipsPerSample = options.ClipsPerSample,
            CleanManifest = settings.CleanManifest,
        },
    };
}
