using System.Buffers.Text;

namespace ClipGuard.Media.Native;

/// <summary>
/// What /proc/PID/stat says of a process, or of a thread in /proc/PID/task/TID/stat. All processes of the machine may be asked for several times a second,
/// and so nothing is allocated.
/// </summary>
/// <param name="State">A letter, as proc(5) has it: R for one that runs or wants to, Z and X for one that has ended.</param>
/// <param name="Parent">Process id of its parent.</param>
/// <param name="CpuTime">CPU time of its own.</param>
/// <param name="EndedChildrenCpuTime">CPU time of those of its descendants that have ended and were waited for.</param>
internal readonly unsafe record struct ProcessStat(char State, int Parent, TimeSpan CpuTime, TimeSpan EndedChildrenCpuTime)
{
    // Fields, counted from the state, which follows the name.
    private const int ParentField = 1;
    private const int UserField = 11;
    private const int SystemField = 12;
    private const int EndedUserField = 13;
    private const int EndedSystemField = 14;

    /// <summary>Reads it.</summary>
    /// <param name="folder">The process's folder, or the thread's.</param>
    /// <returns>Null where it is gone, or not to be read.</returns>
    public static ProcessStat? Read(string folder)
    {
        // More than the name, of 64 characters at most, and the fields up to the last that is wanted.
        const int size = 1024;
        byte* buffer = stackalloc byte[size];
        int fd = Libc.Open($"{folder}/stat", Libc.O_CLOEXEC, 0);
        if (fd < 0)
        {
            return null;
        }

        nint length = Libc.Read(fd, buffer, size);
        _ = Libc.Close(fd);
        return length > 0 ? Parse(new ReadOnlySpan<byte>(buffer, (int)length)) : null;
    }

    private static ProcessStat Parse(ReadOnlySpan<byte> stat)
    {
        Span<long> values = stackalloc long[EndedSystemField + 1];
        values.Clear();

        // "pid (name) state …": the name may hold anything but ends with the last parenthesis.
        ReadOnlySpan<byte> fields = stat[(stat.LastIndexOf((byte)')') + 1)..].TrimStart((byte)' ');
        int field = 0;
        foreach (Range range in fields.Split((byte)' '))
        {
            if (field == values.Length)
            {
                break;
            }

            // The state is a letter, and is read below.
            _ = Utf8Parser.TryParse(fields[range], out values[field++], out _);
        }

        return new ProcessStat(
            fields.IsEmpty ? '?' : (char)fields[0],
            (int)values[ParentField],
            Ticks(values[UserField] + values[SystemField]),
            Ticks(values[EndedUserField] + values[EndedSystemField]));
    }

    // The kernel counts in hundredths of a second here, on every architecture that .NET runs on (USER_HZ).
    private static TimeSpan Ticks(long hundredths) => TimeSpan.FromMilliseconds(10 * hundredths);
}
