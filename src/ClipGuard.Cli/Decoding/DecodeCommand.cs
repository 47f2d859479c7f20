using System.CommandLine;

using ClipGuard.Cli.Logging;
using ClipGuard.Cli.Parity;
using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;
using ClipGuard.Export;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Decoding;

/// <summary>
/// <c>clipguard decode CLIP --out FILE</c>: exactly what training would get, in a file; or compared with what the ffmpeg program makes of it.
/// </summary>
internal static class DecodeCommand
{
    private static readonly SettingGroup Output = new("Output");

    private static readonly Setting<string> Out = Output.Value(
        "out",
        "FILE",
        "Receives the clip: .npy for anything, .wav for audio, .png for an image or a contact sheet of the frames. Needed, unless --against is given.",
        text => text,
        allowed: AllowedSources.CommandLine);

    private static readonly Setting<ClipKind> As = Output.Value(
        "as",
        "KIND",
        "'audio', 'video' or 'image'; by default what the file's name says.",
        SettingTextParser.OneOf(("audio", ClipKind.Audio), ("video", ClipKind.Video), ("image", ClipKind.Image)),
        allowed: AllowedSources.CommandLine);

    private static readonly Setting<string?> Against = Output.Value(
        "against",
        "PROGRAM",
        "Instead of writing: decodes with the ffmpeg program too ('ffmpeg', or its path) and tells whether length, times and values agree. CLIP may "
            + "be a folder.",
        static text => (string?)text,
        allowed: AllowedSources.CommandLine);

    /// <summary>The command's grammar.</summary>
    public static Verb Build()
    {
        var clip = new Argument<string>("clip") { HelpName = "CLIP", Description = "The clip's file." };
        return new Verb(
            "decode",
            "Decodes one clip under guard, and writes exactly what training would get.",
            [clip],
            [Output, .. GuardSettings.OfOneClip, .. SpecSettingGroups.All],
            invocation => RunAsync(invocation, invocation.CommandLine.GetRequiredValue(clip)));
    }

    private static Task<int> RunAsync(Invocation invocation, string clip) =>
        (invocation.Sources.Get(Against, null), invocation.Sources.OriginOf(Out)) switch
        {
            ({ } program, null) => CompareAsync(invocation, clip, program),
            ({ }, { } origin) => throw new UsageException($"{Against.OptionName} compares and {origin} writes: give one or the other"),
            (null, null) => throw new UsageException($"Option '{Out.OptionName}' is required; see clipguard decode --help"),
            _ => WriteAsync(invocation, clip),
        };

    // What is compared is all of the clip as it is: the settings of samples and frames do not count.
    private static async Task<int> CompareAsync(Invocation invocation, string clip, string program)
    {
        var run = new ParityRun(invocation.Console, program);
        run.FindProgram();
        SupervisorOptions guard = GuardSettings.Read(invocation.Sources);
        using var stop = new StopSignals(() => invocation.Console.Note("stopping; Ctrl-C once more ends at once"));
        using var log = RunLog.Open(invocation.File, outputFolder: null);
        Supervisor supervisor = await invocation.Console.StartQuietlyAsync(() => Supervisor.StartAsync(guard, log.Factory, stop.Token)).ConfigureAwait(false);
        await using (supervisor.ConfigureAwait(false))
        {
            return await run.RunAsync(SettingTextParser.FilePath(clip), supervisor, guard, ClipLimitSettings.Group.Read(invocation.Sources), stop.Token)
                .ConfigureAwait(false);
        }
    }

    private static async Task<int> WriteAsync(Invocation invocation, string clip)
    {
        SettingSources sources = invocation.Sources;
        string output = sources.Get(Out, string.Empty);
        ClipKind kind = FindKind(clip, output, sources);
        if (ClipFile.Objection(output, kind) is { } objection)
        {
            throw new UsageException($"{output} cannot receive {(kind == ClipKind.Audio ? "audio" : "pictures")}: {objection}");
        }

        ClipSpec spec = ReadSpec(sources, kind);
        if (spec is AudioSpec { Windows: not null } && Path.GetExtension(output).Equals(".wav", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"{output} cannot receive the windows that {sources.OriginOf(AudioSettings.Windows)} asks for: a .npy file can");
        }

        return await SingleClipDecode.DecodeAsync(invocation, clip, spec, outcome => outcome.Fault is { } fault
            ? SingleClipDecode.ShowFault(invocation.Console, clip, fault)
            : Write(invocation.Console, output, outcome, spec)).ConfigureAwait(false);
    }

    private static ClipKind FindKind(string clip, string output, SettingSources sources) =>
        sources.OriginOf(As) is not null ? sources.Get(As, default)
        : ClipKindGuess.Of(clip, output)
        ?? throw new UsageException($"the name {clip} does not say what the clip is: give --as audio, --as video or --as image");

    private static ClipSpec ReadSpec(SettingSources sources, ClipKind kind) => kind switch
    {
        ClipKind.Audio => AudioSettings.Read(sources),
        ClipKind.Video => PictureSettings.ReadVideo(sources),

        // There is but one clip, so --size on the command line means it, also where it is an image.
        _ when sources.OriginOf(PictureSettings.Size) == PictureSettings.Size.OptionName =>
            PictureSettings.ReadImage(sources) with { Size = sources.Get(PictureSettings.Size, new OwnSize()) },
        _ => PictureSettings.ReadImage(sources),
    };

    private static int Write(CommandConsole console, string output, DecodeOutcome outcome, ClipSpec spec)
    {
        DecodedClip clip = outcome.Clip!;
        try
        {
            ClipFile.Write(output, clip, outcome.Payload, spec is PictureSpec picture ? picture.Layout : PixelLayout.ChannelsLast);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot write {output}: {error.Message.TrimEnd('.')}", error);
        }

        console.Say($"{output}: {Wording.Clip(clip)}, decoded in {Wording.Seconds(outcome.Elapsed)}");
        if (clip.Damage != DamageReport.None)
        {
            console.Say($"Damage within the limits: {Wording.Damage(clip.Damage)}");
        }

        return ExitCode.Clean;
    }
}
