using System.Buffers.Text;

using ClipGuard.Supervision.Native;

namespace ClipGuard.Supervision.Helpers;

/// <summary>What a living process uses, as the kernel counts it.</summary>
internal static unsafe class ProcessUse
{
    /// <summary>CPU time used so far; zero where the process is gone.</summary>
    public static TimeSpan CpuTime(int pid)
    {
        int clock;
        Libc.TimeSpec time;
        return Libc.ClockGetCpuClockId(pid, &clock) == 0 && Libc.ClockGetTime(clock, &time) == 0
            ? TimeSpan.FromTicks(time.TotalNanoseconds / TimeSpan.NanosecondsPerTick)
            : TimeSpan.Zero;
    }

    /// <summary>Most resident memory since the last <see cref="ForgetPeak"/>, in bytes; 0 where it is not to be known.</summary>
    public static long PeakMemoryBytes(int pid) => StatusKilobytes(pid, "VmHWM:"u8) * 1024;

    /// <summary>Resident memory now, in bytes; 0 where it is not to be known.</summary>
    public static long ResidentBytes(int pid)
    {
        Span<byte> buffer = stackalloc byte[128];
        ReadOnlySpan<byte> text = Read($"/proc/{pid}/statm", buffer);
        int second = text.IndexOf((byte)' ') + 1;
        return Utf8Parser.TryParse(text[second..], out long pages, out _) ? pages * Environment.SystemPageSize : 0;
    }

    /// <summary>Starts the count of the peak anew, so that it tells of the next decode alone.</summary>
    public static void ForgetPeak(int pid) => Write($"/proc/{pid}/clear_refs", "5"u8);

    /// <summary>When memory runs out, a helper is what the kernel is to end first.</summary>
    public static void OfferToOutOfMemoryKiller(int pid) => Write($"/proc/{pid}/oom_score_adj", "1000"u8);

    private static void Write(string path, ReadOnlySpan<byte> text)
    {
        int fd = Libc.Open(path, 1 | Libc.O_CLOEXEC, 0);
        if (fd >= 0)
        {
            fixed (byte* start = text)
            {
                _ = Libc.Write(fd, start, (nuint)text.Length);
            }

            _ = Libc.Close(fd);
        }
    }

    private static long StatusKilobytes(int pid, ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = stackalloc byte[4096];
        ReadOnlySpan<byte> text = Read($"/proc/{pid}/status", buffer);
        int at = text.IndexOf(name);
        if (at < 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> value = text[(at + name.Length)..].TrimStart(" \t"u8);
        return Utf8Parser.TryParse(value, out long kilobytes, out _) ? kilobytes : 0;
    }

    private static ReadOnlySpan<byte> Read(string path, Span<byte> buffer)
    {
        int fd = Libc.Open(path, Libc.O_CLOEXEC, 0);
        if (fd < 0)
        {
            return [];
        }

        nint length;
        fixed (byte* start = buffer)
        {
            length = Libc.Read(fd, start, (nuint)buffer.Length);
        }

        _ = Libc.Close(fd);
        return buffer[..(int)Math.Max(0, length)];
    }
}
