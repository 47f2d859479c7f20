using System.CommandLine;

using ClipGuard.Cli.Logging;
using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;
using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Supervision;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Cli.DryRuns;

/// <summary><c>clipguard dry-run MANIFEST</c>.</summary>
internal static class DryRunCommand
{
    /// <summary>The command's grammar.</summary>
    public static Verb Build()
    {
        var manifest = new Argument<string>("manifest")
        {
            HelpName = "MANIFEST",
            Description = $"{RunSettings.ManifestKinds} '-' reads JSON Lines or a JSON array from standard input.",
        };
        return new Verb(
            "dry-run",
            "Decodes every clip of a manifest the way training would, each under guard, and names those that give no data.",
            [manifest],
            [RunSettings.Output, RunSettings.Rows, RunSettings.Manifest, RunSettings.Stopping, .. GuardSettings.All, .. SpecSettings.All],
            invocation => RunAsync(invocation, invocation.CommandLine.GetRequiredValue(manifest)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string manifestPath)
    {
        Screen screen = invocation.Screen;
        DryRunOptions options = ReadOptions(invocation.Sources);
        manifestPath = StandardStreams.PathOf(manifestPath);
        RefuseUnreadable(manifestPath);
        DryRunFiles.Prepare(options.OutputFolder);

        using var stop = new StopSignals(() => screen.Note("stopping, what was found is being written down; once more ends at once"));
        using var log = RunLog.Open(invocation.File, options.OutputFolder);
        try
        {
            return await RunAsync(manifestPath, options, screen, log, stop.Token).ConfigureAwait(false);
        }
        catch (DryRunStoppedException stopped)
        {
            throw new UsageException(stopped.Message);
        }
        catch (Exception error)
        {
            log.Factory.CreateLogger(nameof(DryRunCommand)).RunFailed(error);
            throw;
        }
    }

    private static async Task<int> RunAsync(string manifestPath, DryRunOptions options, Screen console, RunLog log, CancellationToken stop)
    {
        Supervisor supervisor = await console.StartQuietlyAsync(() => Supervisor.StartAsync(options.Guard, log.Factory, stop)).ConfigureAwait(false);
        IDryRunScreen screen = console.ForDryRun();
        await using (supervisor.ConfigureAwait(false))
        {
            IManifest manifest = Manifest.Open(manifestPath, options.Manifest);
            var run = new DryRun(manifest, supervisor, options, log.Factory.CreateLogger<DryRun>());
            screen.Begin(Wording.Header(supervisor, options.Guard), $"{manifest.Name} ({manifest.Kind})");

            Task<DryRunSummary> running = run.RunAsync(stop);
            await Task.WhenAny(run.Progress.Begun, running).ConfigureAwait(false);
            if (run.Progress.Begun is { IsCompletedSuccessfully: true, Result: var rows })
            {
                TellHowItBegins(screen, run.Progress.FirstRow, rows);
            }

            await screen.ShowAsync(new ShownDryRunProgress(run.Progress), running).ConfigureAwait(false);
            DryRunSummary summary = await running.ConfigureAwait(false);

            var findings = DryRunFindings.Read(summary, options.OutputFolder);
            screen.End(findings);
            if (!summary.Cancelled && summary.Clips + summary.Unsettled == 0)
            {
                throw new UsageException(NothingIn(summary));
            }

            return summary.Cancelled ? ExitCode.Cancelled
                : findings.FaultCount > 0 ? ExitCode.FaultsFound
                : summary.Unsettled > 0 ? ExitCode.Unsettled
                : ExitCode.Clean;
        }
    }

    // A screen that fails ends the showing and not the run, which goes on meanwhile.
    private static void TellHowItBegins(IDryRunScreen screen, string? firstRow, long rowsBefore)
    {
        try
        {
            if (firstRow is not null)
            {
                screen.Reads(firstRow);
            }

            if (rowsBefore > 0)
            {
                screen.GoesOn(rowsBefore);
            }
        }
        catch (IOException)
        {
        }
    }

    // A wrong file or a wrong key, which must not look like a dataset without faults.
    private static string NothingIn(DryRunSummary summary)
    {
        long bad = summary.Faults[BadLineRecord.Name];
        return summary.Samples + bad == 0
            ? $"manifest {summary.Manifest} has no row"
            : $"manifest {summary.Manifest} names no clip: {Wording.Count(summary.Samples, "sample")}"
                + (bad == 0 ? string.Empty : $" and {Wording.Count(bad, "line")} of which none is a sample");
    }

    private static DryRunOptions ReadOptions(SettingSources sources) => RunSettings.ReadDryRun(sources) with
    {
        Guard = GuardSettings.Read(sources),
        Manifest = RunSettings.ReadManifest(sources),
        Audio = AudioSettings.Read(sources),
        Video = PictureSettings.ReadVideo(sources),
        Image = PictureSettings.ReadImage(sources),
        Limits = LimitSettings.Group.Read(sources),
    };

    // Before helpers are started: the commonest mistakes should cost no second.
    private static void RefuseUnreadable(string manifestPath)
    {
        if (Manifest.FindObstacle(manifestPath) is { } obstacle)
        {
            throw new UsageException($"manifest {manifestPath} cannot be read: {obstacle}");
        }
    }
}
