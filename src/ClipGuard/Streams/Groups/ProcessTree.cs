using System.Globalization;

namespace ClipGuard.Streams.Groups;

/// <summary>What processes have used, from /proc. The kernel counts in ticks of a hundredth of a second there.</summary>
internal static class ProcessTree
{
    private const int TicksPerSecond = 100;

    // Fields of /proc/PID/stat, counted from the state, which follows the name.
    private const int ParentField = 1;
    private const int UserField = 11;
    private const int ChildrenSystemField = 14;

    /// <summary>CPU time of one process; zero where it is gone.</summary>
    public static TimeSpan CpuTime(int pid) => Read(pid) is { } fields ? Ticks(fields, UserField, UserField + 1) : TimeSpan.Zero;

    /// <summary>CPU time of those descendants of a process that have ended and were waited for; zero where it is gone.</summary>
    public static TimeSpan EndedDescendantsCpuTime(int pid) => Read(pid) is { } fields ? Ticks(fields, UserField + 2, ChildrenSystemField) : TimeSpan.Zero;

    /// <summary>CPU time of everything that descends from a process, with those that have ended and were waited for.</summary>
    public static TimeSpan DescendantsCpuTime(int ancestor)
    {
        var parents = new Dictionary<int, (int Parent, TimeSpan Used)>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Read(pid) is { } fields)
            {
                int first = pid == ancestor ? UserField + 2 : UserField;
                parents[pid] = (int.Parse(fields[ParentField], CultureInfo.InvariantCulture), Ticks(fields, first, ChildrenSystemField));
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

    private static TimeSpan Ticks(string[] fields, int first, int last) =>
        TimeSpan.FromSeconds(fields[first..(last + 1)].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond);

    // The name may hold anything but ends with the last parenthesis.
    private static string[]? Read(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
