using System.Globalization;

namespace ClipGuard.Supervision;

/// <summary>
/// Whether this process may have the descriptors, processes and threads that its helpers take. Asked before the first is started: where one of them runs out
/// later, it is some call far from here that fails, of the runtime as likely as of ours.
/// </summary>
internal static class ResourceLimitCheck
{
    // Counted on a run over clips that do not end: 6 descriptors stay open for each helper, some more while it starts; each has 3 threads, one more for each
    // decoder thread that a spec asks for. The rest is what rows, files of a run and fetches take beside.
    private const int DescriptorsPerHelper = 8;
    private const int FurtherDescriptors = 16;
    private const int TasksPerHelper = 3;
    private const int FurtherTasks = 16;

    private const string ControlGroupRoot = "/sys/fs/cgroup";

    // A limit beyond this is one that nobody set on purpose, and counting a user's threads means looking at every process.
    private const long LargeTaskLimit = 4096;

    /// <summary>What is lacking, in words that name the limit and the need; null where nothing is.</summary>
    /// <param name="helpers">Helpers that are to run at a time.</param>
    /// <param name="decoderThreads">Threads that each of them decodes with.</param>
    public static string? FindShortage(int helpers, int decoderThreads = 1)
    {
        try
        {
            string[] limits = File.ReadAllLines("/proc/self/limits");
            return FindDescriptorShortage(helpers, Soft(limits, "Max open files"), Directory.GetFileSystemEntries("/proc/self/fd").Length)
                ?? FindTaskShortage(helpers, decoderThreads, Soft(limits, "Max processes"));
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            // Without /proc nothing can be said beforehand, and the start of a helper will tell.
            return null;
        }
    }

    internal static string? FindDescriptorShortage(int helpers, long? limit, int open)
    {
        long needed = open + FurtherDescriptors + ((long)DescriptorsPerHelper * helpers);
        return limit < needed
            ? $"{Helpers(helpers)} need about {needed} open files in this process, and its limit is {limit}: "
                + $"raise it (ulimit -n {needed}), or use fewer workers"
            : null;
    }

    internal static string? FindTaskShortage(int helpers, long limit, long used, string whose, string raise, int decoderThreads = 1)
    {
        long needed = used + FurtherTasks + ((long)(TasksPerHelper + decoderThreads) * helpers);
        return limit < needed
            ? $"{Helpers(helpers)} need about {needed} processes and threads, those counted that {whose} has already, and its limit is {limit}: "
                + $"raise it ({raise}{needed}), or use fewer workers"
            : null;
    }

    private static string? FindTaskShortage(int helpers, int decoderThreads, long? userLimit)
    {
        string? shortage = ControlGroups()
            .Select(group => FindTaskShortage(helpers, group.Limit, group.Used, "this control group", $"{group.File}: ", decoderThreads))
            .FirstOrDefault(static found => found is not null);

        // The kernel holds root to no limit of the user's.
        return shortage is null && userLimit is < LargeTaskLimit and var limit && !Environment.IsPrivilegedProcess
            ? FindTaskShortage(helpers, limit, TasksOfThisUser(), "this user", "ulimit -u ", decoderThreads)
            : shortage;
    }

    private static string Helpers(int helpers) => helpers == 1 ? "1 helper" : string.Create(CultureInfo.InvariantCulture, $"{helpers} helpers");

    // "Max open files            1024                 524288               files": the soft limit stands first.
    private static long? Soft(string[] limits, string name) =>
        limits.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } found
            ? Number(found[name.Length..].Trim().Split(' ')[0])
            : null;

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    // A limit of any group above holds too.
    private static IEnumerable<(string File, long Limit, long Used)> ControlGroups()
    {
        for (string? folder = ControlGroup(); folder?.StartsWith(ControlGroupRoot, StringComparison.Ordinal) == true; folder = Path.GetDirectoryName(folder))
        {
            string file = Path.Combine(folder, "pids.max");
            if (File.Exists(file) && Number(File.ReadAllText(file).Trim()) is { } limit
                && Number(File.ReadAllText(Path.Combine(folder, "pids.current")).Trim()) is { } used)
            {
                yield return (file, limit, used);
            }
        }
    }

    // In version 1 of control groups the controller has a hierarchy of its own ("8:pids:/path"); in version 2 there is one for all ("0::/path").
    private static string? ControlGroup()
    {
        string[][] groups = [.. File.ReadLines("/proc/self/cgroup").Select(line => line.Split(':', 3)).Where(group => group.Length == 3)];
        return groups.FirstOrDefault(group => group[1].Split(',').Contains("pids")) is { } first ? $"{ControlGroupRoot}/pids{first[2].TrimEnd('/')}"
            : groups.FirstOrDefault(group => group[0] == "0") is { } second ? ControlGroupRoot + second[2].TrimEnd('/')
            : null;
    }

    private static long TasksOfThisUser()
    {
        string own = Field(File.ReadAllLines("/proc/self/status"), "Uid:");
        return Directory.EnumerateDirectories("/proc").Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0])).Sum(process => TasksOf(process, own));
    }

    private static long TasksOf(string process, string user)
    {
        try
        {
            string[] status = File.ReadAllLines(Path.Combine(process, "status"));
            return Field(status, "Uid:") == user ? Number(Field(status, "Threads:")) ?? 0 : 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string Field(string[] status, string name) =>
        status.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim().Split('\t')[0] ?? string.Empty;
}
