using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Processes;

/// <summary>How a process ended, as wait4 gives it. The default value means that this is not known.</summary>
internal readonly record struct ProcessExit
{
    /// <summary>The exit code of a process that ended by itself.</summary>
    public int? Code { get; init; }

    /// <summary>The signal that ended it.</summary>
    public int? Signal { get; init; }

    /// <summary>CPU time of its whole life.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>Most resident memory since this was last reset.</summary>
    public long PeakMemoryBytes { get; init; }

    /// <summary>True for exit code 0.</summary>
    public bool IsClean => Code == 0;

    /// <summary>Reads a wait status (wait(2)).</summary>
    public static ProcessExit From(int status, in Libc.ResourceUsage usage)
    {
        int signal = status & 0x7f;
        return new ProcessExit
        {
            Code = signal == 0 ? (status >> 8) & 0xff : null,
            Signal = signal == 0 ? null : signal,
            CpuTime = usage.CpuTime,
            PeakMemoryBytes = usage.MaxResidentKilobytes * 1024,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => this switch
    {
        { Signal: { } signal } => $"died of {SignalName(signal)}",
        { Code: { } code } => $"ended with exit code {code}",
        _ => "ended in a way that is not known",
    };

    private static string SignalName(int signal) => signal switch
    {
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => $"signal {signal}",
    };
}
