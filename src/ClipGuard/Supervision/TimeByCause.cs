namespace ClipGuard.Supervision;

/// <summary>
/// Where the wall clock of a decode went. The five add up to the wall clock that was watched. Only <see cref="Usable"/> time counts against a clip:
/// what a busy machine, slow storage or a stopped process took is nobody's fault.
/// </summary>
public readonly record struct TimeByCause
{
    /// <summary>The helper computed: its CPU time, at most the wall clock, however many threads it has.</summary>
    public TimeSpan Computed { get; init; }

    /// <summary>The helper could have computed, and had no processor.</summary>
    public TimeSpan WaitedForProcessor { get; init; }

    /// <summary>The helper waited for the clip's bytes, in open, stat or read.</summary>
    public TimeSpan WaitedForBytes { get; init; }

    /// <summary>The helper was stopped (SIGSTOP, a frozen container), or this process did not run and so could not watch it.</summary>
    public TimeSpan Stopped { get; init; }

    /// <summary>The helper neither computed nor waited for anything that is known: the decoder waits for itself.</summary>
    public TimeSpan Blocked { get; init; }

    /// <summary>Time that the decoder had: computed or blocked in itself. The deadline and the stall limit lead to faults in this time alone.</summary>
    public TimeSpan Usable => Computed + Blocked;

    /// <summary>All of it.</summary>
    public TimeSpan Total => Computed + WaitedForProcessor + WaitedForBytes + Stopped + Blocked;

    /// <summary>Adds two spans of the same decode.</summary>
    public static TimeByCause operator +(TimeByCause one, TimeByCause other) => one.Add(other);

    /// <summary>Adds another span of the same decode.</summary>
    public TimeByCause Add(TimeByCause other) => new()
    {
        Computed = Computed + other.Computed,
        WaitedForProcessor = WaitedForProcessor + other.WaitedForProcessor,
        WaitedForBytes = WaitedForBytes + other.WaitedForBytes,
        Stopped = Stopped + other.Stopped,
        Blocked = Blocked + other.Blocked,
    };
}
