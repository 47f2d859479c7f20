using ClipGuard.Cli.Running;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Settings;

/// <summary>How decodes are guarded.</summary>
internal static class GuardSettings
{
    private static readonly SupervisorOptions Default = new();

    public static readonly Setting<TimeSpan?> Timeout = new ValueSetting<TimeSpan?>(
        "timeout",
        "SECONDS",
        $"Hard deadline of one try at a clip, default {Default.Deadline.TotalSeconds}. 0 decodes inside this process: no helper, no deadline. "
            + "The variable MEDIA_DECODE_TIMEOUT counts too.",
        ValueText.SecondsOrOff)
    { OtherVariable = "MEDIA_DECODE_TIMEOUT" };

    public static readonly Setting<TimeSpan> Stall = new ValueSetting<TimeSpan>(
        "stall",
        "SECONDS",
        $"How long a decode may go without progress, default {Default.StallLimit.TotalSeconds}.",
        ValueText.Seconds);

    public static readonly Setting<int> Workers = new ValueSetting<int>(
        "workers",
        "N",
        $"Clips decoded at the same time, each in a helper of its own. Default: the number of cores, here {Default.Workers}.",
        ValueText.Count);

    public static readonly Setting<int> Spares = new ValueSetting<int>(
        "spares",
        "N",
        $"Helpers kept warm beyond those at work, default {Default.Spares}.",
        ValueText.CountOrNone);

    public static readonly Setting<Isolation> Isolation = new ValueSetting<Isolation>(
        "isolation",
        "MODE",
        "'pooled' (default) uses a helper again after a clean decode, 'fresh' starts a new one for each decode.",
        ValueText.OneOf(("pooled", Supervision.Isolation.Pooled), ("fresh", Supervision.Isolation.FreshPerDecode)));

    public static readonly Setting<SandboxLevel> Sandbox = new ValueSetting<SandboxLevel>(
        "sandbox",
        "LEVEL",
        "How tightly helpers are confined: 'off', 'standard' (default) or 'strict'.",
        ValueText.OneOf(("off", SandboxLevel.Off), ("standard", SandboxLevel.Standard), ("strict", SandboxLevel.Strict)));

    public static readonly Setting<long> HelperMemory = new ValueSetting<long>(
        "helper-memory",
        "BYTES",
        $"Memory that a helper may take for one decode, default {Default.HelperMemoryBytes >> 30}GiB.",
        ValueText.Bytes);

    public static IReadOnlyList<Setting> All { get; } = [Timeout, Stall, Workers, Spares, Isolation, Sandbox, HelperMemory, .. FetchSettings.All];

    /// <summary>The supervisor's options in force.</summary>
    /// <exception cref="UsageException">A value is not usable.</exception>
    public static SupervisorOptions Read(SettingSources sources)
    {
        TimeSpan? deadline = sources.Get(Timeout, Default.Deadline);
        if (deadline is null && sources.OriginOf(Isolation) is { } origin)
        {
            throw new UsageException($"{origin} asks for helpers, and {sources.OriginOf(Timeout)} is 0, which means none: give one or the other");
        }

        return Default with
        {
            Isolation = deadline is null ? Supervision.Isolation.InProcess : sources.Get(Isolation, Default.Isolation),
            Deadline = deadline ?? Default.Deadline,
            StallLimit = sources.Get(Stall, Default.StallLimit),
            Workers = sources.Get(Workers, Default.Workers),
            Spares = sources.Get(Spares, Default.Spares),
            Sandbox = sources.Get(Sandbox, Default.Sandbox),
            HelperMemoryBytes = sources.Get(HelperMemory, Default.HelperMemoryBytes),
            Fetching = FetchSettings.Read(sources),
            AudioDecoders = AudioSettings.ReadAssemblies(sources),
        };
    }
}
