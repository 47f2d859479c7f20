using System.Globalization;

using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Supervision;

namespace ClipGuard.TestHost;

/// <summary>A dry run of scripts that the tests kill and start again.</summary>
internal static class DryRunHost
{
    /// <param name="program">The helper's program.</param>
    /// <param name="manifest">What to decode.</param>
    /// <param name="folder">Where the findings go.</param>
    /// <param name="deadline">In seconds.</param>
    /// <param name="stall">In seconds.</param>
    /// <param name="workers">Decodes at the same time.</param>
    public static async Task RunAsync(string program, string manifest, string folder, string deadline, string stall, int workers)
    {
        var guard = new SupervisorOptions
        {
            HelperPath = program,
            HelperArguments = ["well"],
            Workers = workers,
            Deadline = Seconds(deadline),
            StallLimit = Seconds(stall),
        };
        await using Supervisor supervisor = await Supervisor.StartAsync(guard);
        var options = new DryRunOptions { OutputFolder = folder, Guard = guard, Manifest = new ManifestOptions { RequireMessages = false } };
        DryRunSummary summary = await new DryRun(new JsonLinesManifest(manifest, options.Manifest), supervisor, options).RunAsync();
        Console.WriteLine($"DONE {summary.OkCount} {summary.UnsettledCount}");
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
}
