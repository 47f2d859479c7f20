using System.Runtime.InteropServices;

using ClipGuard.TestSupport;

namespace ClipGuard.Benchmarks;

/// <summary>
/// Keeps every core from going idle, by threads that run only where nothing else wants to (<c>SCHED_IDLE</c>).
/// A virtual core that has gone idle takes its host some 20 µs to wake, which is most of a short exchange between two processes.
/// </summary>
internal static partial class CoreIdleInhibitor
{
    private const int SCHED_IDLE = 5;

    /// <summary>Keeps them awake until what it gives is disposed.</summary>
    public static BusyCores Keep() => new(Environment.ProcessorCount, GoLast);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int thread, int policy, ref int priority);

    private static void GoLast()
    {
        int priority = 0;
        if (SetScheduler(0, SCHED_IDLE, ref priority) != 0)
        {
            throw new InvalidOperationException($"sched_setscheduler: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }
}
