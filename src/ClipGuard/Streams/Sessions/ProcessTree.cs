using System.Globalization;

using ClipGuard.Media.Native;

namespace ClipGuard.Streams.Sessions;

/// <summary>What a process and all that descends from it have used, from /proc.</summary>
internal static class ProcessTree
{
    /// <summary>CPU time of those descendants of a process that have ended and were waited for; zero where it is gone.</summary>
    public static TimeSpan EndedDescendantsCpuTime(int pid) => ProcessStat.Read($"/proc/{pid}")?.EndedChildrenCpuTime ?? TimeSpan.Zero;

    /// <summary>CPU time of everything that descends from a process, with those that have ended and were waited for.</summary>
    public static TimeSpan DescendantsCpuTime(int ancestor)
    {
        var parents = new Dictionary<int, (int Parent, TimeSpan Used)>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && ProcessStat.Read(folder) is { } process)
            {
                parents[pid] = (process.Parent, pid == ancestor ? process.EndedChildrenCpuTime : process.CpuTime + process.EndedChildrenCpuTime);
            }
        }

        return new TimeSpan(parents.Keys.Where(pid => Descends(pid, ancestor, parents)).Sum(pid => parents[pid].Used.Ticks));
    }

    private static bool Descends(int pid, int ancestor, Dictionary<int, (int Parent, TimeSpan Used)> parents)
    {
        // Bounded by the number of processes: the table is read while processes come and go, and ids that were reused may close a ring.
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
}
