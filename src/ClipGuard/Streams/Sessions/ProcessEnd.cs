using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ClipGuard.Streams.Sessions;

/// <summary>Waits for the end of processes, and never for longer than it is told to: one that is stuck in the kernel does not end.</summary>
internal static unsafe partial class ProcessEnd
{
    private const short Readable = 1;

    /// <summary>Waits until a process has ended.</summary>
    /// <param name="pidDescriptor">A descriptor that stands for it.</param>
    /// <param name="limit">The longest wait.</param>
    /// <returns>False where it lives on.</returns>
    public static bool Within(int pidDescriptor, TimeSpan limit)
    {
        long began = Stopwatch.GetTimestamp();
        var wanted = new PollEntry { Descriptor = pidDescriptor, Events = Readable };
        while (true)
        {
            TimeSpan left = limit - Stopwatch.GetElapsedTime(began);
            int ready = Poll(&wanted, 1, (int)Math.Max(0, Math.Ceiling(left.TotalMilliseconds)));
            if (ready > 0 || left <= TimeSpan.Zero)
            {
                return ready > 0;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
