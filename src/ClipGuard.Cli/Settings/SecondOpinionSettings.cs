using ClipGuard.Cli.Running;
using ClipGuard.DryRuns;
using ClipGuard.Streams;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Settings;

/// <summary>Whether a second decoder is asked about every clip.</summary>
internal static class SecondOpinionSettings
{
    /// <summary>What names ClipGuard's own decoders.</summary>
    public const string Own = "clipguard";

    public static readonly SettingGroup<DryRunOptions> Group = new(GuardSettings.OtherDecoder.Heading, OutputSettings.Group.Unset);

    /// <summary>Null for ClipGuard's own decoders.</summary>
    public static readonly Setting<ToolCommand?> Also = Group.Value<ToolCommand?>(
        "also",
        "COMMAND",
        $"Decode every clip with this program as well and tell where the two disagree; '{Own}' is ClipGuard's own decoder. Its verdicts do not count. "
            + "Default: none.",
        static text => text == Own ? null : ToolCommand.Parse(text),
        static (run, _) => run);

    public static readonly Setting<double> Tolerance = Group.Value(
        "also-tolerance",
        "SHARE",
        "How far values of the two may lie apart: root mean square within 0.1 s of audio or one picture, as a share of full scale, "
            + $"default {Group.Unset.DisagreementTolerance}.",
        SettingTextParser.Share,
        static (run, share) => run with { DisagreementTolerance = share });

    /// <summary>How the second decodes are guarded; null where none are asked for.</summary>
    /// <param name="sources">Where settings come from.</param>
    /// <param name="guard">How the decodes that count are guarded.</param>
    /// <exception cref="UsageException">There is nothing to compare, or no helper may be started.</exception>
    public static SupervisorOptions? Read(SettingSources sources, SupervisorOptions guard)
    {
        if (sources.OriginOf(Also) is not { } origin)
        {
            return null;
        }

        ToolCommand? command = sources.Get(Also, null);
        if (guard.Isolation == IsolationMode.InProcess)
        {
            throw new UsageException($"{origin} names a program, and {sources.OriginOf(GuardSettings.Timeout)} is 0, which starts none: give one or the other");
        }

        if (command is null && guard.Decoder is null)
        {
            throw new UsageException($"{origin} {Own} would compare ClipGuard's decoder with itself: name another one with {GuardSettings.Decoder.OptionName}");
        }

        return guard with
        {
            // What is read ahead is read for the decodes that count.
            ReadAhead = guard.ReadAhead with { Reads = 0 },
            DecoderAlone = command is not null,
            Decoder = command is null ? null
                : new DecoderProgram(command.Program, command.Arguments) { PassedVariables = sources.Get(GuardSettings.DecoderVariables, []) },
        };
    }
}
