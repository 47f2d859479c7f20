using System.Buffers.Text;

using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Accounting;

/// <summary>Reads the live threads of a process from /proc.</summary>
internal static unsafe class ThreadTimes
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
                if (int.TryParse(Path.GetFileName(task.AsSpan()), out int id) && ProcessStat.Read(task) is { State: var state } && RunDelay(task) is { } delay)
                {
                    threads.Add(new ThreadSample(id, state, delay));
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The process has been reaped.
        }

        return threads;
    }

    // "run delay slices", nanoseconds. A kernel without scheduler statistics has no such file; the states alone then tell of waits for a processor.
    private static long? RunDelay(string task)
    {
        byte* buffer = stackalloc byte[BufferBytes];
        ReadOnlySpan<byte> text = Read(task + "/schedstat", buffer);
        int second = text.IndexOf((byte)' ') + 1;
        return Utf8Parser.TryParse(text[second..], out long delay, out _) && second > 0 ? delay : 0;
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
