using ClipGuard.Cli.Logging;
using ClipGuard.Cli.Running;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Serving;

/// <summary><c>clipguard serve --socket N</c>: the guard for programs in other languages, which start this and talk to it over a socket.</summary>
internal static class ServeCommand
{
    /// <summary>The command's grammar.</summary>
    public static Verb Build() => new(
        "serve",
        "Decodes clips for the program that started it, over a socket. Python's package clipguard starts it; nobody else needs to.",
        [],
        [ServeSettings.Connection, .. GuardSettings.All, ClipLimitSettings.Group],
        RunAsync);

    private static async Task<int> RunAsync(Invocation invocation)
    {
        SettingSources sources = invocation.Sources;
        int socket = sources.OriginOf(ServeSettings.Socket) is null
            ? throw new UsageException($"Option '{ServeSettings.Socket.OptionName}' is required; see clipguard serve --help")
            : sources.Get(ServeSettings.Socket, 0);
        using var client = Client.Take(socket);
        using var log = RunLog.Open(invocation.File, outputFolder: null);
        try
        {
            SupervisorOptions guard = GuardSettings.Read(sources);
            Supervisor supervisor = await Supervisor.StartAsync(guard, log.Factory, client.Ended).ConfigureAwait(false);
            await using (supervisor.ConfigureAwait(false))
            {
                var greeting = new Greeting(ServedAnswer.Protocol, ProductVersion.Text, supervisor.DecoderVersion, supervisor.Sandbox, guard.Workers);
                client.Send(new ServedAnswer { Ready = greeting }.ToJson());
                var service = new DecodeService(client, supervisor, ClipLimitSettings.Group.Read(sources), sources.Get(FetchSettings.Allow, false));
                await service.RunAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (client.Ended.IsCancellationRequested)
        {
            // The client ended while helpers were started.
        }
        catch (Exception failure) when (failure is UsageException or HelperUnavailableException)
        {
            client.Send(new ServedAnswer { Unready = failure.Message }.ToJson());
            throw;
        }

        return ExitCode.Clean;
    }
}
