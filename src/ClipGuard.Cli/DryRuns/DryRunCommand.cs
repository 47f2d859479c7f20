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
        var manifest = new Argument<string>("manifest") { HelpName = "MANIFEST", Description = "JSON Lines in ms-swift's format." };
        return new Verb(
            "dry-run",
            "Decodes every clip of a manifest the way training would, each under guard, and names those that give no data.",
            [manifest],
            [RunSettings.Output, RunSettings.Rows, RunSettings.Manifest, .. GuardSettings.All, .. SpecSettings.All],
            invocation => RunAsync(invocation, invocation.CommandLine.GetRequiredValue(manifest)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string manifestPath)
    {
        Screen screen = invocation.Screen;
        DryRunOptions options = ReadOptions(invocation.Sources);
        RefuseUnreadable(manifestPath);
        DryRunFiles.Prepare(options.OutputFolder);

        using var stop = new StopSignals(() => screen.Note("stopping, what was found is being written down; once more ends at once"));
        using var log = RunLog.Open(invocation.File, options.OutputFolder);
        try
        {
            return await RunAsync(manifestPath, options, screen, log, stop.Token).ConfigureAwait(false);
        }
        catch (Exception trouble)
        {
            log.Factory.CreateLogger(nameof(DryRunCommand)).RunFailed(trouble);
            throw;
        }
    }

    private static async Task<int> RunAsync(string manifestPath, DryRunOptions options, Screen console, RunLog log, CancellationToken stop)
    {
        Supervisor supervisor = await console.StartQuietlyAsync(() => Supervisor.StartAsync(options.Guard, log.Factory, stop)).ConfigureAwait(false);
        IDryRunScreen screen = console.ForDryRun();
        await using (supervisor.ConfigureAwait(false))
        {
            var manifest = new JsonLinesManifest(manifestPath, options.Manifest);
            var run = new DryRun(manifest, supervisor, options, log.Factory.CreateLogger<DryRun>());
            screen.Begin(Wording.Header(supervisor, options.Guard), manifest.Name);

            Task<DryRunSummary> running = run.RunAsync(stop);
            await screen.ShowAsync(new ShownDryRun(run.Progress), running).ConfigureAwait(false);
            DryRunSummary summary = await running.ConfigureAwait(false);

            var findings = DryRunFindings.Read(summary, options.OutputFolder);
            screen.End(findings);
            return summary.Cancelled ? ExitCode.Cancelled : findings.FaultCount > 0 ? ExitCode.FaultsFound : summary.Unsettled > 0 ? ExitCode.Unsettled : ExitCode.Clean;
        }
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
        try
        {
            string? reason = manifestPath.Length == 0 ? "no name was given"
                : Directory.Exists(manifestPath) ? "it is a folder, not a JSON Lines file"
                : !File.Exists(manifestPath) ? "there is no such file"
                : null;
            if (reason is not null)
            {
                throw new UsageException($"manifest {manifestPath} cannot be read: {reason}");
            }

            File.OpenHandle(manifestPath).Dispose();
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"manifest {manifestPath} cannot be read: {trouble.Message.TrimEnd('.')}", trouble);
        }
    }
}
