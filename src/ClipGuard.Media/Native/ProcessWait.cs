using System.Diagnostics;

namespace ClipGuard.Media.Native;

/// <summary>Waits for the end of processes, and never for longer than it is told to: one that is stuck in the kernel does not end.</summary>
internal static unsafe class ProcessWait
{
    /// <summary>Waits until a process has ended.</summary>
    /// <param name="pidDescriptor">A descriptor that stands for it.</param>
    /// <param name="limit">The longest wait.</param>
    /// <returns>False where it lives on.</returns>
    public static bool ForEnd(int pidDescriptor, TimeSpan limit)
    {
        long began = Stopwatch.GetTimestamp();
        var wanted = new Libc.PollEntry { Descriptor = pidDescriptor, Events = Libc.PollEntry.Readable };
        while (true)
        {
            TimeSpan left = limit - Stopwatch.GetElapsedTime(began);
            int ready = Libc.Poll(&wanted, 1, (int)Math.Max(0, Math.Ceiling(left.TotalMilliseconds)));
            if (ready > 0 || left <= TimeSpan.Zero)
            {
                return ready > 0;
            }
        }
    }
}
