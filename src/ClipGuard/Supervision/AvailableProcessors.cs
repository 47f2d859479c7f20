using System.Globalization;

namespace ClipGuard.Supervision;

/// <summary>
/// How many processors a job may use: no more than this process may run on, than Slurm gave each of its tasks (<c>SLURM_CPUS_PER_TASK</c>), and than the quotas
/// of its control group and of all those above allow, of version 1 or 2. .NET's own count knows affinity and the group's own quota; in version 1 it leaves out
/// those above (seen with .NET 10), which is where a scheduler may put it.
/// </summary>
internal static class AvailableProcessors
{
    private const string CpusPerTask = "SLURM_CPUS_PER_TASK";

    // How many processes torchrun, Open MPI, and MPICH with its kin have started on this machine.
    private static readonly string[] LocalCounts = ["LOCAL_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"];

    /// <summary>The count here; at least 1.</summary>
    public static int Count { get; } = Find(Environment.ProcessorCount, Environment.GetEnvironmentVariable, "/");

    /// <summary>
    /// Processes like this one that the launcher has started here, each of which finds the same <see cref="Count"/> unless it is bound to processors of its
    /// own; at least 1.
    /// </summary>
    public static int Processes { get; } = FindProcesses(Environment.GetEnvironmentVariable);

    /// <summary>The processes that a launcher tells of; 1 where none does.</summary>
    /// <param name="variable">Looks up an environment variable.</param>
    public static int FindProcesses(Func<string, string?> variable) => LocalCounts
        .Select(name => int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 1)
        .Append(1)
        .Max();

    /// <summary>The count; at least 1.</summary>
    /// <param name="usable">Processors that this process may run on.</param>
    /// <param name="variable">Looks up an environment variable.</param>
    /// <param name="root">Where <c>proc</c> and <c>sys</c> are.</param>
    public static int Find(int usable, Func<string, string?> variable, string root)
    {
        int ofTask = int.TryParse(variable(CpusPerTask), NumberStyles.None, CultureInfo.InvariantCulture, out int cpus) && cpus > 0 ? cpus : usable;
        double ofGroups = Quotas(root).Append(usable).Min();
        return Math.Max(1, Math.Min(Math.Min(usable, ofTask), (int)Math.Ceiling(ofGroups)));
    }

    // Lines of /proc/self/cgroup are "0::/path" of version 2 and "4:cpu,cpuacct:/path" of version 1, each relative to the root that the group's file system
    // is mounted with, which in a container need not be the top.
    private static IEnumerable<double> Quotas(string root)
    {
        string[][] mounts = [.. Lines(Path.Join(root, "proc/self/mountinfo")).Select(static line => line.Split(' '))];
        IEnumerable<string[]> groups = Lines(Path.Join(root, "proc/self/cgroup")).Select(static line => line.Split(':', 3));
        foreach (string[] parts in groups.Where(static parts => parts.Length == 3))
        {
            bool isSecond = parts[1].Length == 0;
            if (!isSecond && !parts[1].Split(',').Contains("cpu"))
            {
                continue;
            }

            foreach (string[] mount in mounts.Where(mount => isSecond ? FileSystem(mount) == "cgroup2" : HasCpu(mount)))
            {
                string mounted = mount[3].TrimEnd('/');
                string within = parts[2].StartsWith(mounted + "/", StringComparison.Ordinal) ? parts[2][mounted.Length..] : "/";
                for (string? group = within; group is not null; group = Path.GetDirectoryName(group))
                {
                    string folder = Path.Join(root, mount[4], group);
                    if ((isSecond ? Second(folder) : First(folder)) is { } quota)
                    {
                        yield return quota;
                    }
                }
            }
        }
    }

    // The file system and its options stand behind a dash, before which there may be any number of fields.
    private static string FileSystem(string[] mount) => mount.SkipWhile(static field => field != "-").ElementAtOrDefault(1) ?? string.Empty;

    private static bool HasCpu(string[] mount) => FileSystem(mount) == "cgroup" && mount[^1].Split(',').Contains("cpu");

    // "150000 100000" are one and a half processors, "max 100000" is no limit.
    private static double? Second(string folder) =>
        Lines(Path.Join(folder, "cpu.max")).FirstOrDefault()?.Split(' ') is [var quota, var period] ? Share(quota, period) : null;

    // -1 is no limit.
    private static double? First(string folder) =>
        Share(Lines(Path.Join(folder, "cpu.cfs_quota_us")).FirstOrDefault(), Lines(Path.Join(folder, "cpu.cfs_period_us")).FirstOrDefault());

    private static double? Share(string? quota, string? period) =>
        long.TryParse(quota, NumberStyles.None, CultureInfo.InvariantCulture, out long used) && used > 0
            && long.TryParse(period, NumberStyles.None, CultureInfo.InvariantCulture, out long of) && of > 0
            ? (double)used / of
            : null;

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
