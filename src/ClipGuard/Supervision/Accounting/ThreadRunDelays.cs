using System.Buffers.Text;

using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Accounting;

/// <summary>Reads the live threads of a process from /proc.</summary>
internal static unsafe class ThreadRunDelays
{
    private const int BufferBytes = 1024;

    /// <summary>The threads that the process has now; none where it has ended. A thread that ends meanwhile is left out.</summary>
    public static IReadOnlyList<ThreadSample> Read(int pid)
    {
        var threads = new List<ThreadSample>();
        try
        {
            foreach (string task in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            {
                if (int.TryParse(Path.GetFileName(task.AsSpan()), out int id) && ProcessStat.Read(task) is { State: var state })
                {
                    (long delay, long turns) = Schedule(task);
                    threads.Add(new ThreadSample(id, state, delay, turns > 0 ? turns : null));
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The process has been reaped.
        }

        return threads;
    }

    /// <summary>How long the calling thread has waited for a processor since it began.</summary>
    public static long OwnRunDelay() => Schedule("/proc/thread-self").Delay;

    // "run delay turns", the first two in nanoseconds. A kernel without scheduler statistics has no such file or zeros in it; the states alone then tell of
    // waits for a processor.
    private static (long Delay, long Turns) Schedule(string task)
    {
        byte* buffer = stackalloc byte[BufferBytes];
        ReadOnlySpan<byte> text = Read(task + "/schedstat", buffer);
        int second = text.IndexOf((byte)' ') + 1;
        if (second == 0 || !Utf8Parser.TryParse(text[second..], out long delay, out int length))
        {
            return default;
        }

        return Utf8Parser.TryParse(text[(second + length)..].TrimStart((byte)' '), out long turns, out _) ? (delay, turns) : (delay, 0);
    }

    private static ReadOnlySpan<byte> Read(string path, byte* buffer)
    {
        int fd = Libc.Open(path, Libc.O_CLOEXEC, 0);
        if (fd < 0)
        {
            return [];
        }

        nint length = Libc.Read(fd, buffer, BufferBytes);
        _ = Libc.Close(fd);
        return new ReadOnlySpan<byte>(buffer, (int)Math.Max(0, length));
    }
}
