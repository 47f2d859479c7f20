using System.CommandLine;

using ClipGuard.Cli.Logging;
using ClipGuard.Cli.Reports;
using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;
using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Supervision;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Cli.DryRuns;

/// <summary><c>clipguard dry-run MANIFEST</c>.</summary>
internal static class DryRunCommand
{
    /// <summary>The command's grammar.</summary>
    public static Verb Build()
    {
        var manifests = new Argument<string[]>("manifest")
        {
            HelpName = "MANIFEST",
            Description = $"{ManifestSettings.Kinds} '-' reads JSON Lines or a JSON array from standard input. More than one are read one after the other.",
            Arity = ArgumentArity.OneOrMore,
        };
        return new Verb(
            "dry-run",
            "Decodes every clip of a manifest the way training would, each under guard, and names those that give no data.",
            [manifests],
            [
                OutputSettings.Group, OutputSettings.Exiting, DisplaySettings.Group, ReportSettings.Wanted, ReportSettings.Page,
                ReportSettings.Group, ReportSettings.Looks,
                ManifestSettings.Rows, ManifestSettings.Naming, ManifestSettings.Group, ManifestSettings.Exclusion, StoppingSettings.Group,
                VerdictStoreSettings.Group, .. GuardSettings.All, SecondOpinionSettings.Group, GuardSettings.Ahead, .. SpecSettingGroups.All,
            ],
            invocation => RunAsync(invocation, invocation.CommandLine.GetRequiredValue(manifests)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string[] paths)
    {
        CommandConsole screen = invocation.Console;
        DryRunOptions options = ReadOptions(invocation.Sources, paths);
        ScreenMode manner = DisplaySettings.Read(invocation.Sources);
        ChosenShard? shard = ChosenShard.Read(invocation.Sources, paths, options.OutputFolder);
        if (shard is not null)
        {
            options = options with { OutputFolder = Path.Combine(options.OutputFolder, shard.Number.FolderName) };
            screen.Note(shard.ToString());
        }

        string[] manifestPaths = [.. paths.Select(StandardStreams.PathOf)];
        Array.ForEach(manifestPaths, RefuseUnreadable);
        DryRunFiles.Prepare(options.OutputFolder);

        using var stop = new StopSignals(() => screen.Note("stopping, what was found is being written down; Ctrl-C once more ends at once"));
        using var log = RunLog.Open(invocation.File, options.OutputFolder);
        try
        {
            options = options with { Excluded = await ManifestSettings.ReadExclusionAsync(invocation.Sources, stop.Token).ConfigureAwait(false) };
            if (shard is not null)
            {
                string number = shard.Number.ToString();
                log.Factory.CreateLogger(nameof(DryRunCommand)).ShardChosen(number, shard.Source);
            }

            SupervisorOptions? also = SecondOpinionSettings.Read(invocation.Sources, options.Guard);
            DryRunEndView findings = await RunAsync(manifestPaths, shard?.Number, options, also, screen, manner, log, stop.Token).ConfigureAwait(false);
            if (invocation.Sources.Get(ReportSettings.Report, false) && !findings.Summary.Cancelled)
            {
                ReportOptions wanted = ReportSettings.Read(invocation.Sources);
                string report = await DryRunReportWriter.WriteAsync(options.OutputFolder, wanted, log.Factory, stop.Token).ConfigureAwait(false);
                if (manner == ScreenMode.Usual)
                {
                    await Console.Out.WriteLineAsync(ReportCommand.Told(report)).ConfigureAwait(false);
                }
            }

            return DryRunExit.CodeOf(findings, invocation.Sources, mayBeEmpty: shard is not null);
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

    private static async Task<DryRunEndView> RunAsync(
        string[] manifestPaths,
        ShardNumber? shard,
        DryRunOptions options,
        SupervisorOptions? also,
        CommandConsole console,
        ScreenMode manner,
        RunLog log,
        CancellationToken stop)
    {
        IManifest manifest = Manifest.OpenAll(manifestPaths, options.Manifest with { SkipFields = true });
        foreach (string absent in options.Excluded?.FindAbsent(manifest) ?? [])
        {
            console.Note(absent);
        }

        Supervisor supervisor = await console.StartQuietlyAsync(() => Supervisor.StartAsync(options.Guard, log.Factory, stop)).ConfigureAwait(false);
        IDryRunScreen screen = console.ForDryRun(manner);
        await using (supervisor.ConfigureAwait(false))
        {
            await using Supervisor? second = also is null ? null
                : await console.StartQuietlyAsync(() => Supervisor.StartAsync(also, log.Factory, stop)).ConfigureAwait(false);
            using ManifestShard? part = shard is { } own ? await ManifestShard.OpenAsync(manifest, own, stop).ConfigureAwait(false) : null;
            manifest = part ?? manifest;
            ILogger<DryRun> logger = log.Factory.CreateLogger<DryRun>();
            DryRun run = second is null ? new DryRun(manifest, supervisor, options, logger) : new DryRun(manifest, supervisor, second, options, logger);
            screen.Begin(Wording.Header(supervisor, options.Guard), $"{manifest.Name} ({manifest.Kind})");
            if (second is not null)
            {
                console.Note($"compared with {second.DecoderVersion}");
            }


            Task<DryRunSummary> running = run.RunAsync(stop);
            await Task.WhenAny(run.Progress.Begun, running).ConfigureAwait(false);
            if (run.Progress.Begun is { IsCompletedSuccessfully: true, Result: var rows })
            {
                TellHowItBegins(screen, run.Progress.FirstRow, rows);
            }

            await screen.ShowAsync(new ShownDryRunProgress(run.Progress), running).ConfigureAwait(false);
            DryRunSummary summary = await running.ConfigureAwait(false);

            var findings = DryRunEndView.Read(summary, options.OutputFolder);
            screen.End(findings);
            return findings;
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

    private static DryRunOptions ReadOptions(SettingSources sources, string[] paths)
    {
        SupervisorOptions guard = GuardSettings.Read(sources, paths.FirstOrDefault(FetchSettings.IsS3));
        return SecondOpinionSettings.Group.Read(sources, StoppingSettings.Group.Read(
            sources, ManifestSettings.Rows.Read(sources, OutputSettings.Group.Read(sources)))) with
        {
            Guard = guard,
            Manifest = ManifestSettings.ReadManifest(sources, guard.Fetching),
            Audio = AudioSettings.Read(sources),
            Video = PictureSettings.ReadVideo(sources),
            Image = PictureSettings.ReadImage(sources),
            Limits = ClipLimitSettings.Group.Read(sources),
            Verdicts = VerdictStoreSettings.Read(sources),
        };
    }

    // Before helpers are started: the commonest mistakes should cost no second.
    private static void RefuseUnreadable(string manifestPath)
    {
        if (Manifest.FindObstacle(manifestPath) is { } obstacle)
        {
            throw new UsageException($"manifest {manifestPath} cannot be read: {obstacle}");
        }
    }
}
