using System.Globalization;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// The kernel's count of processes that it ended because memory ran out: that of this process's own control group (memory.events, version 2), to which its
/// helpers belong too. It counts the kills among them, whichever group's limit was reached, and no others. Where it cannot be read (control groups of
/// version 1, or none) it is the whole machine's (/proc/vmstat), which rises with the kills of neighbouring containers too.
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
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
