using ClipGuard.Cli.Running;
using ClipGuard.Media;
using ClipGuard.Streams;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Settings;

/// <summary>How decodes are guarded.</summary>
internal static class GuardSettings
{
    public static readonly SettingGroup<SupervisorOptions> Group = new("Guard", new SupervisorOptions());

    /// <summary>Under the same heading, and of no use where a command decodes one clip.</summary>
    public static readonly SettingGroup<SupervisorOptions> Parallel = new(Group.Heading, Group.Unset);

    public static readonly Setting<TimeSpan?> Timeout = Group.Value(
        "timeout",
        "SECONDS",
        $"Hard deadline of one try at a clip, default {Group.Unset.Deadline.TotalSeconds}. 0 decodes inside this process: no helper, no deadline. "
            + "The variable MEDIA_DECODE_TIMEOUT counts too.",
        SettingTextParser.SecondsOrOff,
        (guard, limit) => limit is { } deadline ? guard with { Deadline = deadline } : guard with { Isolation = Supervision.IsolationMode.InProcess },
        otherVariable: "MEDIA_DECODE_TIMEOUT");

    public static readonly Setting<TimeSpan> Stall = Group.Value(
        "stall",
        "SECONDS",
        $"How long a decode may go without progress, default {Group.Unset.StallLimit.TotalSeconds}.",
        SettingTextParser.Seconds,
        (guard, limit) => guard with { StallLimit = limit });

    public static readonly Setting<IsolationMode> Isolation = Group.Value(
        "isolation",
        "MODE",
        "'pooled' (default) uses a helper again after a clean decode and, once checked, after a clip it found bad; 'fresh' starts a new one for each decode.",
        SettingTextParser.OneOf(("pooled", Supervision.IsolationMode.Pooled), ("fresh", Supervision.IsolationMode.FreshPerDecode)),
        (guard, isolation) => guard with { Isolation = isolation });

    public static readonly Setting<int> ConfirmOneIn = Group.Value(
        "confirm-one-in",
        "N",
        $"One in N clips that are found bad by a helper which found one bad before is decoded by a fresh one too, default {Group.Unset.ConfirmOneIn}. 0: no "
            + "helper is used again after a bad clip.",
        SettingTextParser.CountOrNone,
        (guard, findings) => guard with { ConfirmOneIn = findings });

    public static readonly Setting<SandboxLevel> Sandbox = Group.Value(
        "sandbox",
        "LEVEL",
        "How tightly helpers are confined: 'off', 'standard' (default) or 'strict'.",
        SettingTextParser.OneOf(("off", SandboxLevel.Off), ("standard", SandboxLevel.Standard), ("strict", SandboxLevel.Strict)),
        (guard, level) => guard with { Sandbox = level });

    public static readonly Setting<string> FFmpeg = Group.Value(
        "ffmpeg",
        "WHICH",
        "FFmpeg's major version, 5 to 9, or the folder that its shared libraries lie in; by default the newest whole set of them that is installed.",
        SettingTextParser.FFmpeg,
        (guard, choice) => guard with { FFmpeg = choice });

    public static readonly Setting<long> HelperMemory = Group.Value(
        "helper-memory",
        "BYTES",
        $"Memory that a helper may take for one decode, default {Group.Unset.HelperMemoryBytes >> 30}GiB.",
        SettingTextParser.Bytes,
        (guard, bytes) => guard with { HelperMemoryBytes = bytes });

    public static readonly Setting<int> Workers = Parallel.Value(
        "workers",
        "N",
        $"Clips decoded at the same time, each in a helper of its own. Default: the processors that this job may use, here {Parallel.Unset.Workers}, and "
            + "more where clips wait (--max-workers).",
        SettingTextParser.Count,
        (guard, workers) => guard with { Workers = workers });

    public static readonly Setting<int> MaxWorkers = Parallel.Value(
        "max-workers",
        "N",
        $"Most clips decoded at the same time where some of them wait, hanging or for their bytes. Default: that of --workers where it is given, else "
            + $"{Parallel.Unset.MaxWorkers}.",
        SettingTextParser.Count,
        (guard, most) => guard with { MaxWorkers = most });

    public static readonly Setting<int> Spares = Parallel.Value(
        "spares",
        "N",
        $"Helpers kept warm beyond those at work, default {Parallel.Unset.Spares}.",
        SettingTextParser.CountOrNone,
        (guard, spares) => guard with { Spares = spares });

    /// <summary>For commands that give frames of videos.</summary>
    public static readonly SettingGroup<SupervisorOptions> Threads = new(Group.Heading, Group.Unset);

    public static readonly Setting<int?> DecoderThreads = Threads.Value(
        "decoder-threads",
        "N",
        "Frames of a video decoded at the same time. Default 'auto': one more than there are processors for each worker, at most 8, and "
            + "1 where there are no two.",
        SettingTextParser.CountOrAuto,
        (guard, threads) => guard with { DecoderThreads = threads });

    /// <summary>For commands that know which clips come next.</summary>
    public static readonly SettingGroup<SupervisorOptions> Ahead = new("Guard", Group.Unset);

    public static readonly Setting<int> ReadAhead = Ahead.Value(
        "read-ahead",
        "N",
        $"Clips read at the same time before their decodes, default {Group.Unset.ReadAhead.Reads}; 0 for none. Files with fast reads are left to helpers.",
        SettingTextParser.CountOrNone,
        (guard, reads) => guard with { ReadAhead = guard.ReadAhead with { Reads = reads } });

    public static readonly Setting<long> ReadAheadResult = Ahead.Value(
        "read-ahead-bytes",
        "BYTES",
        $"Most encoded bytes held before their decodes, default {Group.Unset.ReadAhead.Bytes >> 20}MiB.",
        SettingTextParser.Bytes,
        (guard, bytes) => guard with { ReadAhead = guard.ReadAhead with { Bytes = bytes } });

    public static readonly SettingGroup<SupervisorOptions> OtherDecoder = new("Another decoder", new SupervisorOptions());

    public static readonly Setting<ToolCommand?> Decoder = OtherDecoder.Value(
        "decoder",
        "COMMAND",
        "A program that decodes the kinds of clips that it names instead of ClipGuard, as 'python3 -m clipguard.worker av'. Default: none.",
        static text => (ToolCommand?)ToolCommand.Parse(text),
        static (guard, command) => guard with { Decoder = new DecoderProgram(command!.Program, command.Arguments) });

    public static readonly Setting<IReadOnlyList<string>> DecoderVariables = OtherDecoder.Values(
        "decoder-env",
        "NAME",
        "A further variable of the environment that the decoder sees; may be given several times, in variable and file one a line. Default: none.",
        static name => name,
        static (guard, names) => guard with { Decoder = guard.Decoder is { } program ? program with { PassedVariables = names } : null });

    /// <summary>All that the supervisor's options are read from.</summary>
    public static IReadOnlyList<SettingGroup> All { get; } =
        [Group, Parallel, Threads, OtherDecoder, FetchSettings.Permission, FetchSettings.Group, FetchSettings.Store];

    /// <summary>The same where one clip is decoded.</summary>
    public static IReadOnlyList<SettingGroup> OfOneClip { get; } = [.. All.Where(static group => group != Parallel)];

    /// <summary>The same where it is only looked at.</summary>
    public static IReadOnlyList<SettingGroup> OfInspection { get; } = [.. OfOneClip.Where(static group => group != Threads)];

    /// <summary>The supervisor's options in force.</summary>
    /// <param name="sources">Where settings come from.</param>
    /// <param name="named">The manifest or the clip that the command line names; null for none.</param>
    /// <exception cref="UsageException">A value is not usable.</exception>
    public static SupervisorOptions Read(SettingSources sources, string? named = null)
    {
        if (sources.Get(Timeout, Group.Unset.Deadline) is null && sources.OriginOf(Isolation) is { } origin)
        {
            throw new UsageException($"{origin} asks for helpers, and {sources.OriginOf(Timeout)} is 0, which means none: give one or the other");
        }

        if (sources.Get(Timeout, Group.Unset.Deadline) is null && sources.OriginOf(Decoder) is { } program)
        {
            throw new UsageException($"{program} names a program, and {sources.OriginOf(Timeout)} is 0, which starts none: give one or the other");
        }

        if (sources.OriginOf(MaxWorkers) is { } most && sources.Get(MaxWorkers, 0) < sources.Get(Workers, Parallel.Unset.Workers))
        {
            throw new UsageException($"{most} is {sources.Get(MaxWorkers, 0)}, which is less than the {sources.Get(Workers, Parallel.Unset.Workers)} workers");
        }

        return OtherDecoder.Read(sources, Ahead.Read(sources, Threads.Read(sources, Parallel.Read(sources, Group.Read(sources))))) with
        {
            Fetching = FetchSettings.Read(sources, named),
            AudioDecoders = AudioSettings.ReadAssemblies(sources),
        };
    }
}
