using ClipGuard.Media;
using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Processes;

/// <summary>What the end of a helper says about the clip that it was at.</summary>
/// <param name="Cause">Why it ended.</param>
/// <param name="Message">One sentence for a person.</param>
internal sealed record ExitDiagnosis(TerminationCause Cause, string Message)
{
    // Above this share of the memory it may take, a crash is put down to memory.
    private const double NearLimit = 0.8;

    // What allocators print before they abort.
    private static readonly string[] OutOfMemoryPhrases = ["memory allocation of", "out of memory", "bad_alloc", "cannot allocate memory"];

    /// <summary>The fault that it is; null where it says nothing about the clip.</summary>
    public FaultKind? Fault => Cause switch
    {
        TerminationCause.MemoryLimit or TerminationCause.SystemMemory => FaultKind.LimitExceeded,
        TerminationCause.Crash => FaultKind.Crashed,
        _ => null,
    };

    /// <summary>True where memory ran out, the helper's share or the machine's.</summary>
    public bool IsOutOfMemory => Cause is TerminationCause.MemoryLimit or TerminationCause.SystemMemory;

    /// <summary>Finds out why a helper ended that nobody here has killed.</summary>
    /// <param name="who">The helper, as a sentence begins with it.</param>
    /// <param name="exit">How it ended.</param>
    /// <param name="where">The stage that it was in, with its preposition.</param>
    /// <param name="postMortem">What was measured, its peak of memory and last lines among it.</param>
    /// <param name="memoryLimitBytes">Memory that it was allowed for a decode.</param>
    /// <param name="kills">The kernel's count of processes that it ended for want of memory.</param>
    public static ExitDiagnosis Of(string who, ProcessExit exit, string where, PostMortem postMortem, long memoryLimitBytes, MemoryKills kills)
    {
        if (postMortem.PeakMemoryBytes >= NearLimit * memoryLimitBytes || postMortem.Log.Any(TellsOfMemory))
        {
            return new ExitDiagnosis(
                TerminationCause.MemoryLimit, $"{who} {exit} {where} when it wanted more memory than the {memoryLimitBytes} bytes that a decode may take.");
        }

        if (exit.Signal == Libc.SIGKILL && kills.Claim())
        {
            return new ExitDiagnosis(TerminationCause.SystemMemory, $"{who} was ended by the system {where} when the machine's memory ran out.");
        }

        return IsExternal(exit)
            ? new ExitDiagnosis(TerminationCause.External, $"{who} {exit} {where}, which was not ClipGuard's doing.")
            : new ExitDiagnosis(TerminationCause.Crash, $"{who} {exit} {where}.");
    }

    /// <summary>
    /// True for an end that is no evidence against a clip: a SIGKILL that was sent by neither ClipGuard nor the decoder, as by an operator, and an end
    /// whose status is not known because the host has the kernel reap its children.
    /// </summary>
    public static bool IsExternal(ProcessExit exit) => exit.Signal == Libc.SIGKILL || exit is { Signal: null, Code: null };

    private static bool TellsOfMemory(string line) => OutOfMemoryPhrases.Any(phrase => line.Contains(phrase, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Why a helper ended that nobody here has killed.</summary>
internal enum TerminationCause
{
    /// <summary>A signal or an exit code of its own.</summary>
    Crash,

    /// <summary>It wanted more memory than it may take.</summary>
    MemoryLimit,

    /// <summary>The kernel ended it because the memory of the machine, or of the control group, ran out.</summary>
    SystemMemory,

    /// <summary>Somebody else ended it, or it is not known how it ended.</summary>
    External,
}
