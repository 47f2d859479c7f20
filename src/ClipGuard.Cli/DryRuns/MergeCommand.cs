using System.CommandLine;

using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;
using ClipGuard.DryRuns;
using ClipGuard.DryRuns.Merging;

namespace ClipGuard.Cli.DryRuns;

/// <summary><c>clipguard merge OUT</c>.</summary>
internal static class MergeCommand
{
    /// <summary>The command's grammar.</summary>
    public static Verb Build()
    {
        var folder = new Argument<string>("folder") { HelpName = "OUT", Description = "What dry-run --shard was given as --out." };
        return new Verb(
            "merge",
            "Puts together what dry runs of all shards of a manifest have found, as if one run had read the whole.",
            [folder],
            [OutputSettings.Merged, OutputSettings.Exiting, DisplaySettings.Group],
            invocation => RunAsync(invocation, invocation.CommandLine.GetRequiredValue(folder)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string folder)
    {
        using var stop = new StopSignals(() => invocation.Console.Note("stopping, nothing has changed; Ctrl-C once more ends at once"));
        ScreenMode manner = DisplaySettings.Read(invocation.Sources);
        DryRunSummary summary = await DryRunMerge.MergeAsync(folder, OutputSettings.Merged.Read(invocation.Sources), stop.Token).ConfigureAwait(false);
        var findings = DryRunEndView.Read(summary, folder);
        invocation.Console.ForDryRun(manner).End(findings);
        return DryRunExit.CodeOf(findings, invocation.Sources);
    }
}
