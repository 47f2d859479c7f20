using System.Globalization;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// The kernel's count of processes that it ended because memory ran out: that of this process's own control group, to which its helpers belong too. It counts them whoever's
/// limit was reached, and nobody else's. Where it is not to be read (control groups of version 1, or none), the whole machine's, which a container's neighbours move too.
/// </summary>
internal sealed class MemoryKillCounter
{
    private const string Counter = "oom_kill ";

    private readonly string _file;

    /// <summary>Looks for the count once: numbers from two places could not be compared.</summary>
    /// <param name="root">Where <c>proc</c> and <c>sys</c> are.</param>
    public MemoryKillCounter(string root = "/")
    {
        string? events = OwnGroup(root) is { } group ? Path.Join(root, "sys/fs/cgroup", group, "memory.events") : null;
        _file = events is not null && Find(events) is not null ? events : Path.Join(root, "proc/vmstat");
    }

    /// <summary>The count now; 0 where there is none.</summary>
    public long Read() => Find(_file) ?? 0;

    // "0::/user.slice/run": the line of version 2, which has no controllers between its colons. Inside a container it is mostly "/".
    private static string? OwnGroup(string root) =>
        Lines(Path.Join(root, "proc/self/cgroup")).FirstOrDefault(static line => line.StartsWith("0::/", StringComparison.Ordinal))?["0::".Length..];

    private static long? Find(string file) =>
        Lines(file).FirstOrDefault(static line => line.StartsWith(Counter, StringComparison.Ordinal)) is { } line
            && long.TryParse(line.AsSpan(Counter.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : null;

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
