using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Streams;

/// <summary>How tool runs are guarded. The clocks are those of a whole session: its helpers, its tool and all that the tool starts.</summary>
public sealed record StreamOptions
{
    /// <summary>Wall clock of one try, from dispatch to the tool's end. Positive; default 1 h.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a session may go without any progress: no clip decoded any further, no byte moved on any stream, and the tool used less than 1 % of a
    /// CPU. Time in which a process of the session waited for a processor or was stopped does not count, up to twenty times the limit. Positive; default 15 s.
    /// </summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time until every stream has to be there. Positive; default 30 s. A warning is logged after 5 s.</summary>
    public TimeSpan OpenLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tool runs at the same time. Default: half the number of cores, at least 1, since each run has several processes at work.</summary>
    public int Runs { get; init; } = Math.Max(1, AvailableProcessors.Count / 2);

    /// <summary>
    /// Attempts until a timeout, stall, crash, unbelievable answer or death for want of memory counts: 1 or 2. Default 2;
    /// the second has new helpers and one decoder thread.
    /// </summary>
    public int Tries { get; init; } = 2;

    /// <summary>True writes each stream into a file before the tool starts, for tools that jump about in their input. Default false: FIFOs.</summary>
    public bool WorkFiles { get; init; }

    /// <summary>Bytes that one work file may take. Default 64 GiB.</summary>
    public long WorkFileBytes { get; init; } = 64L << 30;

    /// <summary>Where the folder for FIFOs and files is made; null (the default) for the system's temporary folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Bytes of the tool's standard output, standard error and output file that are kept, each. Default 1 MiB.</summary>
    public int OutputBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of the tool's output file that are kept; null (the default) for <see cref="OutputBytes"/>.</summary>
    public int? OutputFileBytes { get; init; }

    /// <summary>What each clip's decode may ask for. The limit on payload does not apply to streams.</summary>
    public DecodeLimits Limits { get; init; } = new();

    /// <summary>Memory that a stream's helper may take on top of what it holds when it is ready. Default 2 GiB.</summary>
    public long HelperMemoryBytes { get; init; } = 2L << 30;

    /// <summary>How tightly the streams' helpers are confined; the tool itself never is. Default <see cref="SandboxLevel.Standard"/>.</summary>
    public SandboxLevel Sandbox { get; init; } = SandboxLevel.Standard;

    /// <inheritdoc cref="SupervisorOptions.FFmpeg"/>
    public string? FFmpeg { get; init; }

    /// <summary>Streams after which a helper is replaced. Default 1000.</summary>
    public int RecycleAfter { get; init; } = 1000;

    /// <summary>The program that writes streams; null (the default) looks for <c>ClipGuard.Helper</c> beside the application.</summary>
    public string? HelperPath { get; init; }

    /// <summary>Arguments for it; <c>stream</c> is put behind them. Default none.</summary>
    public IReadOnlyList<string> HelperArguments { get; init; } = [];

    /// <summary>The program that guards tools; null (the default) looks for <c>ClipGuard.Helper</c> beside the application.</summary>
    public string? GuardianPath { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

    /// <summary>After this much of <see cref="OpenLimit"/> streams that are not there are warned of. For tests; 5 s.</summary>
    internal TimeSpan SlowOpening { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long helpers may take to say what they wrote once the tool has ended. For tests; 2 s.</summary>
    internal TimeSpan DrainGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long killed processes are waited for before they count as stuck in the kernel, which takes about 90 ms to reap each GB that one held.
    /// For tests; 5 s.
    /// </summary>
    internal TimeSpan KillTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Checks every setting against its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, its value and the range.</exception>
    internal void Validate()
    {
        OptionRange.CheckTime(Deadline, nameof(Deadline));
        OptionRange.CheckTime(StallLimit, nameof(StallLimit));
        OptionRange.CheckTime(OpenLimit, nameof(OpenLimit));
        ArgumentOutOfRangeException.ThrowIfLessThan(Runs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Tries, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Tries, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(WorkFileBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(OutputBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(OutputFileBytes ?? 1, 1, nameof(OutputFileBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(HelperMemoryBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RecycleAfter, 1);
    }
}
