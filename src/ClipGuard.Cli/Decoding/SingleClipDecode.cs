using ClipGuard.Cli.Logging;
using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Decoding;

/// <summary>One clip under guard: what the commands that look at a single clip have in common.</summary>
internal static class SingleClipDecode
{
    /// <summary>Decodes the clip, and hands over what came of it.</summary>
    /// <param name="invocation">Where errors are told, and where the guard's settings and the limits come from.</param>
    /// <param name="clip">The clip as the command line names it.</param>
    /// <param name="spec">What to deliver.</param>
    /// <param name="finish">Gives the exit code; its outcome ends with the call.</param>
    public static async Task<int> DecodeAsync(Invocation invocation, string clip, ClipSpec spec, Func<DecodeOutcome, int> finish)
    {
        (CommandConsole console, SettingSources sources) = (invocation.Console, invocation.Sources);
        SupervisorOptions guard = GuardSettings.Read(sources, clip) with { Workers = 1, Spares = 0 };
        var request = new DecodeRequest(FindSource(clip, sources), spec) { Limits = ClipLimitSettings.Group.Read(sources) };

        using var stop = new StopSignals(() => console.Note("stopping; Ctrl-C once more ends at once"));
        using var log = RunLog.Open(invocation.File, outputFolder: null);
        Supervisor supervisor = await console.StartQuietlyAsync(() => Supervisor.StartAsync(guard, log.Factory, stop.Token)).ConfigureAwait(false);
        await using (supervisor.ConfigureAwait(false))
        {
            using DecodeOutcome outcome = await DecodeAndSettle.RunAsync(
                supervisor,
                request,
                unsettled => console.Note($"not decided yet, and tried again without hurry: {unsettled.Message}"),
                stop.Token).ConfigureAwait(false);
            return outcome.Unsettled is { } unsettled ? ShowUnsettled(console, clip, unsettled) : finish(outcome);
        }
    }

    private static ClipSource FindSource(string clip, SettingSources sources)
    {
        if (FetchSettings.IsS3(clip))
        {
            return Uri.TryCreate(clip, UriKind.Absolute, out Uri? stored) ? new RemoteSource(stored) : throw new UsageException($"{clip} is no address");
        }

        if (!Uri.TryCreate(clip, UriKind.Absolute, out Uri? address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            return new FileSource(SettingTextParser.FilePath(clip));
        }

        return sources.Get(FetchSettings.Allow, false)
            ? new RemoteSource(address)
            : throw new UsageException(
                $"{RedactedAddress.WithoutSecrets(clip)} is an address, and clips are fetched only with {FetchSettings.Allow.OptionName}");
    }

    private static int ShowUnsettled(CommandConsole console, string clip, UnsettledClip unsettled)
    {
        console.Note($"{clip} is unsettled in {Wording.Lower(unsettled.Stage)}, which says nothing about the clip: {unsettled.Message}");
        return ExitCode.Unsettled;
    }

    /// <summary>Tells of a clip that gave no data.</summary>
    /// <returns>The exit code that says so.</returns>
    public static int ShowFault(CommandConsole console, string clip, ClipFault fault)
    {
        console.Note($"{RedactedAddress.WithoutSecrets(clip)} is {fault.Kind} in {Wording.Lower(fault.Stage)}: {fault.Message}");
        foreach (string line in fault.PostMortem.Log)
        {
            console.Note("decoder: " + line);
        }

        return ExitCode.FaultsFound;
    }
}
