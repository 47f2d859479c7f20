using System.CommandLine;

using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;
using ClipGuard.Export;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Decoding;

/// <summary><c>clipguard decode CLIP --out FILE</c>: exactly what training would get, in a file.</summary>
internal static class DecodeCommand
{
    private static readonly SettingGroup Output = new("Output");

    private static readonly Setting<string> Out = Output.Value(
        "out",
        "FILE",
        "Receives the clip: .npy for anything, .wav for audio, .png for an image or a contact sheet of the frames. Needed.",
        text => text,
        places: SettingPlaces.CommandLine);

    private static readonly Setting<ClipKind> As = Output.Value(
        "as",
        "KIND",
        "'audio', 'video' or 'image'; by default what the file's name says.",
        ValueText.OneOf(("audio", ClipKind.Audio), ("video", ClipKind.Video), ("image", ClipKind.Image)),
        places: SettingPlaces.CommandLine);

    /// <summary>The command's grammar.</summary>
    public static Verb Build()
    {
        var clip = new Argument<string>("clip") { HelpName = "CLIP", Description = "The clip's file." };
        Out.Option.Required = true;
        return new Verb(
            "decode",
            "Decodes one clip under guard, and writes exactly what training would get.",
            [clip],
            [Output, .. GuardSettings.All, .. SpecSettings.All],
            invocation => RunAsync(invocation, invocation.CommandLine.GetRequiredValue(clip)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string clip)
    {
        SettingSources sources = invocation.Sources;
        string output = sources.Get(Out, string.Empty);
        ClipKind kind = FindKind(clip, output, sources);
        if (ClipFile.Objection(output, kind) is { } objection)
        {
            throw new UsageException($"{output} cannot receive {(kind == ClipKind.Audio ? "audio" : "pictures")}: {objection}");
        }

        ClipSpec spec = ReadSpec(sources, kind);
        return await SingleClip.DecodeAsync(invocation, clip, spec, outcome => outcome.Fault is { } fault
            ? SingleClip.ShowFault(invocation.Screen, clip, fault)
            : Write(invocation.Screen, output, outcome, spec)).ConfigureAwait(false);
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

    private static int Write(Screen console, string output, DecodeOutcome outcome, ClipSpec spec)
    {
        DecodedClip clip = outcome.Clip!;
        try
        {
            ClipFile.Write(output, clip, outcome.Payload, spec is PictureSpec picture ? picture.Layout : PixelLayout.ChannelsLast);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot write {output}: {trouble.Message.TrimEnd('.')}", trouble);
        }

        console.Say($"{output}: {Wording.Clip(clip)}, decoded in {Wording.Seconds(outcome.Elapsed)}");
        if (clip.Damage != DamageReport.None)
        {
            console.Say($"Damage within the limits: {Wording.Damage(clip.Damage)}");
        }

        return ExitCode.Clean;
    }
}
