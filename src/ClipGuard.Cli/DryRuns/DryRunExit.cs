using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;
using ClipGuard.DryRuns;

namespace ClipGuard.Cli.DryRuns;

/// <summary>What a dry run, or the merge of several, ends with.</summary>
internal static class DryRunExit
{
    /// <summary>One of <see cref="ExitCode"/>.</summary>
    /// <param name="findings">What was found.</param>
    /// <param name="sources">Where settings come from.</param>
    /// <param name="mayBeEmpty">Whether a manifest without a clip is no mistake: a shard may have none.</param>
    /// <exception cref="UsageException">No clip was named, where one has to be.</exception>
    public static int CodeOf(DryRunEndView findings, SettingSources sources, bool mayBeEmpty = false)
    {
        DryRunSummary summary = findings.Summary;
        if (!mayBeEmpty && !summary.Cancelled && summary.ClipCount + summary.UnsettledCount == 0)
        {
            throw new UsageException(NothingIn(summary));
        }

        return summary.Cancelled ? ExitCode.Cancelled
            : findings.FaultCount > 0 && !sources.Get(OutputSettings.FaultsAreSuccess, false) ? ExitCode.FaultsFound
            : summary.UnsettledCount > 0 ? ExitCode.Unsettled
            : ExitCode.Clean;
    }

    // A wrong file or a wrong key, which must not look like a dataset without faults.
    private static string NothingIn(DryRunSummary summary)
    {
        long bad = summary.Faults[BadLineRecord.Name];
        return summary.SampleCount + bad == 0
            ? $"manifest {summary.Manifest} has no row"
            : $"manifest {summary.Manifest} names no clip: {Wording.Count(summary.SampleCount, "sample")}"
                + (bad == 0 ? string.Empty : $" and {Wording.Count(bad, "line")} of which none is a sample");
    }
}
