using System.Buffers.Text;

using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// What a process uses, as the kernel counts it. What is asked for after every decode is kept open; after the process's end the answers are zero.
/// </summary>
internal sealed unsafe class ProcessUsage : IDisposable
{
    private const int StatusBytes = 4096;

    private readonly int _pid;
    private readonly int _clock;
    private readonly int _memory;
    private readonly int _forget;

    private ProcessUsage(int pid)
    {
        _pid = pid;
        int clock;
        _clock = Libc.ClockGetCpuClockId(pid, &clock) == 0 ? clock : -1;
        _memory = Libc.Open($"/proc/{pid}/statm", Libc.O_CLOEXEC, 0);
        _forget = Libc.Open($"/proc/{pid}/clear_refs", Libc.O_WRONLY | Libc.O_CLOEXEC, 0);
    }

    /// <summary>The use of a helper that has not been reaped. From now on it is also what the kernel ends first when memory runs out.</summary>
    public static ProcessUsage OfHelper(int pid)
    {
        int fd = Libc.Open($"/proc/{pid}/oom_score_adj", Libc.O_WRONLY | Libc.O_CLOEXEC, 0);
        fixed (byte* most = "1000"u8)
        {
            _ = Libc.Write(fd, most, 4);
        }

        _ = Libc.Close(fd);
        return new ProcessUsage(pid);
    }

    /// <summary>CPU time used so far.</summary>
    public TimeSpan CpuTime()
    {
        Libc.TimeSpec time;
        return Libc.ClockGetTime(_clock, &time) == 0 ? TimeSpan.FromTicks(time.TotalNanoseconds / TimeSpan.NanosecondsPerTick) : TimeSpan.Zero;
    }

    /// <summary>Resident memory now, in bytes.</summary>
    public long ResidentBytes()
    {
        byte* buffer = stackalloc byte[128];
        nint length = Libc.Pread(_memory, buffer, 128, 0);
        var text = new ReadOnlySpan<byte>(buffer, (int)Math.Max(0, length));
        int second = text.IndexOf((byte)' ') + 1;
        return Utf8Parser.TryParse(text[second..], out long pages, out _) ? pages * Environment.SystemPageSize : 0;
    }

    /// <summary>Private memory now, resident or swapped out, in bytes.</summary>
    public long PrivateBytes()
    {
        byte* buffer = stackalloc byte[StatusBytes];
        ReadOnlySpan<byte> status = ReadStatus(_pid, buffer);
        return Bytes(status, "RssAnon:"u8) + Bytes(status, "VmSwap:"u8);
    }

    /// <summary>The limit on its private memory (RLIMIT_DATA), in bytes; the highest number where it has none, or has ended.</summary>
    public long MemoryLimitBytes
    {
        get
        {
            Libc.ResourceLimit limit;
            bool known = Libc.ProcessResourceLimit(_pid, Libc.RLIMIT_DATA, null, &limit) == 0;
            return known ? (long)Math.Min(limit.Soft, long.MaxValue) : long.MaxValue;
        }
    }

    /// <summary>Most resident memory since the last <see cref="ForgetPeak"/>, in bytes.</summary>
    public long PeakMemoryBytes() => PeakMemoryBytes(_pid);

    /// <summary>True where a thread of the process is running or wants to, rather than waiting for something.</summary>
    public bool IsRunning()
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{_pid}/task").Any(static task => ProcessStat.Read(task) is { State: 'R' });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Starts the count of the peak anew, so that it tells of the next decode alone.</summary>
    public void ForgetPeak()
    {
        fixed (byte* five = "5"u8)
        {
            _ = Libc.Write(_forget, five, 1);
        }
    }

    /// <summary>Most resident memory of any process so far, in bytes; 0 where it is not to be known.</summary>
    public static long PeakMemoryBytes(int pid)
    {
        byte* buffer = stackalloc byte[StatusBytes];
        return Bytes(ReadStatus(pid, buffer), "VmHWM:"u8);
    }

    /// <summary>
    /// Memory that the process holds now, private and shared, resident or swapped out, in bytes; 0 after its end. Files that it maps are not counted.
    /// </summary>
    /// <param name="payloadBytes">So much shared memory does not count.</param>
    public long HeldBytes(long payloadBytes)
    {
        byte* buffer = stackalloc byte[StatusBytes];
        ReadOnlySpan<byte> status = ReadStatus(_pid, buffer);
        return Bytes(status, "RssAnon:"u8) + Bytes(status, "VmSwap:"u8) + Math.Max(0, Bytes(status, "RssShmem:"u8) - payloadBytes);
    }

    private static ReadOnlySpan<byte> ReadStatus(int pid, byte* buffer)
    {
        int fd = Libc.Open($"/proc/{pid}/status", Libc.O_CLOEXEC, 0);
        nint length = Libc.Read(fd, buffer, StatusBytes);
        _ = Libc.Close(fd);
        return new ReadOnlySpan<byte>(buffer, (int)Math.Max(0, length));
    }

    private static long Bytes(ReadOnlySpan<byte> status, ReadOnlySpan<byte> name)
    {
        int at = status.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(status[(at + name.Length)..].TrimStart(" \t"u8), out long kilobytes, out _) ? kilobytes * 1024 : 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Libc.Close(_memory);
        _ = Libc.Close(_forget);
    }
}
