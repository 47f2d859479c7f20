using System.CommandLine;

using ClipGuard.Cli.Benching;
using ClipGuard.Cli.Logging;
using ClipGuard.Cli.Running;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;
using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Runs;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

namespace ClipGuard.Cli.Serving;

/// <summary>
/// <c>clipguard serve --socket N [MANIFEST]</c>: the guard, and the loader, for programs in other languages, which start this and talk to it over a socket.
/// </summary>
internal static class ServeCommand
{
    /// <summary>The command's grammar.</summary>
    public static Verb Build()
    {
        var manifests = new Argument<string[]>("manifest")
        {
            HelpName = "MANIFEST",
            Description = $"Gives batches of it instead of single clips. {ManifestSettings.Kinds} More than one are read one after the other, or mixed by "
                + "--weights.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        return new Verb(
            "serve",
            "Decodes clips, or reads a manifest as batches, for the program that started it. Python's package clipguard starts it; nobody else needs to.",
            [manifests],
            [
                ServeSettings.Connection, ServeSettings.Training, BenchSettings.Loader, BenchSettings.Mixing, ManifestSettings.Group,
                ManifestSettings.Exclusion, ManifestSettings.Index, VerdictStoreSettings.Group, .. GuardSettings.All, GuardSettings.Ahead,
                .. SpecSettingGroups.All,
            ],
            invocation => RunAsync(invocation, invocation.CommandLine.GetValue(manifests) ?? []));
    }

    private static async Task<int> RunAsync(Invocation invocation, string[] paths)
    {
        SettingSources sources = invocation.Sources;
        int socket = sources.OriginOf(ServeSettings.Socket) is null
            ? throw new UsageException($"Option '{ServeSettings.Socket.OptionName}' is required; see clipguard serve --help")
            : sources.Get(ServeSettings.Socket, 0);
        using var client = ServeClient.Take(socket);
        using var log = RunLog.Open(invocation.File, outputFolder: null);
        try
        {
            SupervisorOptions guard = GuardSettings.Read(sources, paths.FirstOrDefault(FetchSettings.IsS3));
            if (paths.Length > 0)
            {
                await ServeBatchesAsync(client, paths, guard, sources, log).ConfigureAwait(false);
                return ExitCode.Clean;
            }

            Supervisor supervisor = await Supervisor.StartAsync(guard, log.Factory, client.Ended).ConfigureAwait(false);
            await using (supervisor.ConfigureAwait(false))
            {
                Greet(client, supervisor, guard, batches: null);
                var service = new DecodeService(client, supervisor, ClipLimitSettings.Group.Read(sources), sources.Get(FetchSettings.Allow, false));
                await service.RunAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (client.Ended.IsCancellationRequested)
        {
            // The client ended while helpers were started.
        }
        catch (Exception failure)
            when (failure is UsageException or HelperUnavailableException or ManifestException or SnapshotException or ArgumentException)
        {
            bool isMistake = failure is UsageException or SnapshotException or ArgumentException;
            client.Send(new ServedAnswer { Unready = failure.Message, Mistake = isMistake ? failure.Message : null }.ToJson());
            if (failure is SnapshotException or ArgumentException)
            {
                throw new UsageException(failure.Message, failure);
            }

            throw;
        }

        return ExitCode.Clean;
    }

    private static async Task ServeBatchesAsync(ServeClient client, string[] paths, SupervisorOptions guard, SettingSources sources, RunLog log)
    {
        LoaderOptions options = ServeSettings.Training.Read(sources, BenchSettings.Loader.Read(sources)) with
        {
            RankInfo = ServeSettings.ReadRank(sources),
            Audio = AudioSettings.Read(sources),
            Video = PictureSettings.ReadVideo(sources),
            Image = PictureSettings.ReadImage(sources),
            Limits = ClipLimitSettings.Group.Read(sources),
            Budget = FailureBudget.Unlimited,
            Supervision = guard,
            Verdicts = BenchCommand.ReadStore(sources),
            Excluded = await ManifestSettings.ReadExclusionAsync(sources, client.Ended).ConfigureAwait(false),
        };
        IManifest manifest = BenchCommand.OpenManifest(paths, sources, guard.Fetching);
        options = await BenchCommand.WithKindsOfAsync(manifest, options, client.Ended).ConfigureAwait(false);
        Supervisor supervisor = await Supervisor.StartAsync(guard, log.Factory, client.Ended).ConfigureAwait(false);
        await using (supervisor.ConfigureAwait(false))
        {
            ClipLoader loader = await ClipLoader.OpenAsync(manifest, options, log.Factory, supervisor, cancellation: client.Ended).ConfigureAwait(false);
            await using (((IAsyncDisposable)loader).ConfigureAwait(false))
            {
                Greet(client, supervisor, guard, loader.BatchCount);
                await new BatchService(client, loader).RunAsync().ConfigureAwait(false);
            }
        }
    }

    private static void Greet(ServeClient client, Supervisor supervisor, SupervisorOptions guard, long? batches)
    {
        var greeting = new Greeting(ServedAnswer.Protocol, ProductVersion.Text, supervisor.DecoderVersion, supervisor.Sandbox, guard.Workers, batches);
        client.Send(new ServedAnswer { Ready = greeting }.ToJson());
    }
}
