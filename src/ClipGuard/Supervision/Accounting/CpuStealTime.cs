using System.Buffers.Text;

using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Accounting;

/// <summary>Processor time that a hypervisor has taken from this machine, all processors together (the eighth number of /proc/stat's first line).</summary>
internal static unsafe class CpuStealTime
{
    private const int StealColumn = 8;
    private const int BufferBytes = 256;

    // The kernel tells it in hundredths of a second, whatever it counts in itself (USER_HZ).
    private static readonly TimeSpan Unit = TimeSpan.FromMilliseconds(10);

    /// <summary>So far since the machine started; zero where the system does not tell.</summary>
    public static TimeSpan Read()
    {
        byte* buffer = stackalloc byte[BufferBytes];
        int fd = Libc.Open("/proc/stat", Libc.O_CLOEXEC, 0);
        if (fd < 0)
        {
            return TimeSpan.Zero;
        }

        nint length = Libc.Read(fd, buffer, BufferBytes);
        _ = Libc.Close(fd);
        var text = new ReadOnlySpan<byte>(buffer, (int)Math.Max(0, length));
        for (int column = 0; column < StealColumn; column++)
        {
            int blank = text.IndexOf((byte)' ');
            if (blank < 0)
            {
                return TimeSpan.Zero;
            }

            text = text[blank..].TrimStart((byte)' ');
        }

        return Utf8Parser.TryParse(text, out long units, out _) ? units * Unit : TimeSpan.Zero;
    }
}
