using System.Globalization;

using ClipGuard.Media.Native;

namespace ClipGuard.Streams.Sessions;

/// <summary>What a process and all that descends from it have used, from /proc.</summary>
internal static class ProcessTreeMeter
{
    /// <summary>CPU time of those descendants of a process that have ended and were waited for; zero where it is gone.</summary>
    public static TimeSpan EndedDescendantsCpuTime(int pid) => ProcessStat.Read($"/proc/{pid}")?.EndedChildrenCpuTime ?? TimeSpan.Zero;

    /// <summary>What everything that descends from a process has used, with those that have ended and were waited for.</summary>
    public static ProcessTreeUsage DescendantsUse(int ancestor)
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

        int[] tree = [.. parents.Keys.Where(pid => Descends(pid, ancestor, parents))];
        return new ProcessTreeUsage(new TimeSpan(tree.Sum(pid => parents[pid].Used.Ticks)), [.. tree.Where(pid => pid != ancestor)]);
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

/// <summary>What the processes that descend from another have used.</summary>
/// <param name="CpuTime">CPU time, that of those which have ended and were waited for included.</param>
/// <param name="Processes">Those that live.</param>
internal readonly record struct ProcessTreeUsage(TimeSpan CpuTime, IReadOnlyList<int> Processes);
