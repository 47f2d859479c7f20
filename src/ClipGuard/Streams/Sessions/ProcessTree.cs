using System.Buffers.Text;
using System.Globalization;

using ClipGuard.Media.Native;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// What processes have used, from /proc. The kernel counts in ticks of a hundredth of a second there. Groups ask for all processes several
/// times in each stall limit, and so nothing is allocated for what is read of each.
/// </summary>
internal static unsafe class ProcessTree
{
    // Fields of /proc/PID/stat, counted from the state, which follows the name.
    private const int ParentField = 1;
    private const int UserField = 11;
    private const int SystemField = 12;
    private const int EndedUserField = 13;
    private const int EndedSystemField = 14;

    /// <summary>CPU time of one process; zero where it is gone.</summary>
    public static TimeSpan CpuTime(int pid) => Read(pid)?.Own ?? TimeSpan.Zero;

    /// <summary>CPU time of those descendants of a process that have ended and were waited for; zero where it is gone.</summary>
    public static TimeSpan EndedDescendantsCpuTime(int pid) => Read(pid)?.Ended ?? TimeSpan.Zero;

    /// <summary>CPU time of everything that descends from a process, with those that have ended and were waited for.</summary>
    public static TimeSpan DescendantsCpuTime(int ancestor)
    {
        var parents = new Dictionary<int, (int Parent, TimeSpan Used)>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Read(pid) is { } process)
            {
                parents[pid] = (process.Parent, pid == ancestor ? process.Ended : process.Own + process.Ended);
            }
        }

        return new TimeSpan(parents.Keys.Where(pid => Descends(pid, ancestor, parents)).Sum(pid => parents[pid].Used.Ticks));
    }

    private static bool Descends(int pid, int ancestor, Dictionary<int, (int Parent, TimeSpan Used)> parents)
    {
        // No chain is longer than there are processes: a list that was read while it changed may hold a ring.
        for (int steps = 0; steps <= parents.Count; steps++)
        {
            if (pid == ancestor)
            {
                return true;
            }

            if (!parents.TryGetValue(pid, out (int Parent, TimeSpan Used) process))
            {
                return false;
            }

            pid = process.Parent;
        }

        return false;
    }

    // Null where the process is gone.
    private static Stat? Read(int pid)
    {
        // More than the name, of 64 characters at most, and the fields up to the last that is wanted.
        const int size = 1024;
        byte* buffer = stackalloc byte[size];
        int fd = Libc.Open($"/proc/{pid}/stat", Libc.O_CLOEXEC, 0);
        nint length = Libc.Read(fd, buffer, size);
        _ = Libc.Close(fd);
        return length > 0 ? Parse(new ReadOnlySpan<byte>(buffer, (int)length)) : null;
    }

    private static Stat Parse(ReadOnlySpan<byte> stat)
    {
        Span<long> values = stackalloc long[EndedSystemField + 1];
        values.Clear();

        // The name may hold anything but ends with the last parenthesis.
        ReadOnlySpan<byte> fields = stat[(stat.LastIndexOf((byte)')') + 1)..].TrimStart((byte)' ');
        int field = 0;
        foreach (Range range in fields.Split((byte)' '))
        {
            if (field == values.Length)
            {
                break;
            }

            // The state is a letter, and nobody asks what it is read as.
            _ = Utf8Parser.TryParse(fields[range], out values[field++], out _);
        }

        return new Stat((int)values[ParentField], Ticks(values[UserField] + values[SystemField]), Ticks(values[EndedUserField] + values[EndedSystemField]));
    }

    private static TimeSpan Ticks(long hundredths) => TimeSpan.FromMilliseconds(10 * hundredths);

    // CPU time of the process itself, and of those of its children that have ended and were waited for.
    private readonly record struct Stat(int Parent, TimeSpan Own, TimeSpan Ended);
}
