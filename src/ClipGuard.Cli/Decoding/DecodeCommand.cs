using System.CommandLine;

using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;
using ClipGuard.Export;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Decoding;

/// <summary><c>clipguard decode CLIP --out FILE</c>: exactly what training would get, in a file.</summary>
internal static class DecodeCommand
{
    private static readonly Setting[] Settings = [.. GuardSettings.All, .. SpecSettings.All];

    private static readonly Func<string, ClipKind> ReadKind =
        ValueText.OneOf(("audio", ClipKind.Audio), ("video", ClipKind.Video), ("image", ClipKind.Image));

    /// <summary>The command's grammar.</summary>
    public static Command Build()
    {
        var clip = new Argument<string>("clip") { HelpName = "CLIP", Description = "The clip's file." };
        var output = new Option<string>("--out")
        {
            HelpName = "FILE",
            Required = true,
            Description = "Receives the clip: .npy for anything, .wav for audio, .png for an image or a contact sheet of the frames.",
        };
        var kind = new Option<string>("--as")
        {
            HelpName = "KIND",
            Description = "'audio', 'video' or 'image'; by default what the file's name says.",
        };
        var command = new Command("decode", "Decodes one clip under guard, and writes exactly what training would get.") { clip, output, kind };
        command.Add(Settings);

        command.SetAction((commandLine, _) => RunAsync(
            commandLine, commandLine.GetRequiredValue(clip), commandLine.GetRequiredValue(output), commandLine.GetValue(kind)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult commandLine, string clip, string output, string? kindText)
    {
        var console = Screen.TakeConsole();

        // A configuration for dry runs serves here too.
        ConfigurationFile? file = RunConfiguration.ReadFile(commandLine, [.. RunSettings.All, .. Settings]);
        var sources = new SettingSources(commandLine, Environment.GetEnvironmentVariable, file);
        ClipKind kind = FindKind(clip, output, kindText);
        if (ClipFile.Objection(output, kind) is { } objection)
        {
            throw new UsageException($"{output} cannot receive {(kind == ClipKind.Audio ? "audio" : "pictures")}: {objection}");
        }

        ClipSpec spec = ReadSpec(sources, kind);
        return await GuardedClip.DecodeAsync(console, file, sources, clip, spec, outcome => outcome.Fault is { } fault
            ? GuardedClip.ShowFault(console, clip, fault)
            : Write(console, output, outcome, spec)).ConfigureAwait(false);
    }

    private static ClipKind FindKind(string clip, string output, string? text)
    {
        try
        {
            return text is not null ? ReadKind(text)
                : ClipKindGuess.Of(clip, output) ?? throw new UsageException($"the name {clip} does not say what the clip is: give --as audio, --as video or --as image");
        }
        catch (FormatException trouble)
        {
            throw new UsageException($"--as: {trouble.Message}", trouble);
        }
    }

    private static ClipSpec ReadSpec(SettingSources sources, ClipKind kind) => kind switch
    {
        ClipKind.Audio => AudioSettings.Read(sources),
        ClipKind.Video => PictureSettings.ReadVideo(sources),

        // There is but one clip, so --size means it, whatever it is.
        _ => PictureSettings.ReadImage(sources, sources.OriginOf(PictureSettings.Size) == PictureSettings.Size.OptionName ? PictureSettings.Size : PictureSettings.ImageSize),
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
