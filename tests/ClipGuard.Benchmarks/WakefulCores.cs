using System.Runtime.InteropServices;

namespace ClipGuard.Benchmarks;

/// <summary>
/// Keeps every core from going idle until disposed, by threads that run only where nothing else wants to (<c>SCHED_IDLE</c>).
/// A virtual core that has gone idle takes its host some 20 µs to wake, which is most of a short exchange between two processes.
/// </summary>
internal sealed partial class WakefulCores : IDisposable
{
    private const int SCHED_IDLE = 5;

    private readonly Thread[] _threads;
    private volatile bool _stop;

    public WakefulCores()
    {
        _threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Spin) { IsBackground = true })];
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    public void Dispose()
    {
        _stop = true;
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int thread, int policy, ref int priority);

    private void Spin()
    {
        int priority = 0;
        if (SetScheduler(0, SCHED_IDLE, ref priority) != 0)
        {
            throw new InvalidOperationException($"sched_setscheduler: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        while (!_stop)
        {
            Thread.SpinWait(100);
        }
    }
}
