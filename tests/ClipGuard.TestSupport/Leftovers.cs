using System.Globalization;

namespace ClipGuard.TestSupport;

/// <summary>What a suite or a run must not leave behind: processes, descriptors, mappings and files.</summary>
internal sealed class Leftovers
{
    private readonly HashSet<int> _children = Children();
    private readonly string[] _descriptors = Ours(Descriptors());
    private readonly HashSet<string> _files = Files();

    /// <summary>What has come and is still there, each with what it is.</summary>
    public string[] Find() =>
    [
        .. Children().Except(_children).Select(pid => $"child process {pid}"),
        .. Ours(Descriptors()).Length > _descriptors.Length ? Ours(Descriptors()).Select(target => $"descriptor of {target}") : [],
        .. Files().Except(_files).Select(path => $"file {path}"),
        .. File.ReadLines("/proc/self/maps").Where(line => line.Contains("memfd:clipguard", StringComparison.Ordinal)).Select(line => $"mapping {line}"),
    ];

    /// <summary>Process ids of a process's children; without a word, this one's.</summary>
    public static HashSet<int> Children(string process = "self") =>
        [.. Directory.EnumerateDirectories($"/proc/{process}/task")
            .SelectMany(task => TryRead(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];

    /// <summary>The command line of a process, its words apart by zeros; empty where it has ended.</summary>
    public static string CommandLine(int pid) => TryRead($"/proc/{pid}/cmdline");

    private static string[] Descriptors() =>
        [.. Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget ?? "?")];

    // Files that the runtime opens when it pleases are not ours.
    private static string[] Ours(string[] descriptors) =>
        [.. descriptors.Where(target => target.Contains("memfd:clipguard", StringComparison.Ordinal)
            || target.Contains("[pidfd]", StringComparison.Ordinal)
            || target.Contains("[eventpoll]", StringComparison.Ordinal)
            || target.Contains("[timerfd]", StringComparison.Ordinal)
            || target.StartsWith("pipe:", StringComparison.Ordinal)
            || target.StartsWith("socket:", StringComparison.Ordinal))];

    private static HashSet<string> Files() =>
        [.. new[] { "/dev/shm", Path.GetTempPath() }.SelectMany(Directory.EnumerateFileSystemEntries)
            .Where(path => path.Contains("clipguard", StringComparison.OrdinalIgnoreCase) || IsDiagnosticsOfTheDead(path))];

    // A runtime that is killed leaves its diagnostics pipes; those of processes that live are their own affair.
    private static bool IsDiagnosticsOfTheDead(string path) =>
        Path.GetFileName(path).Split('-') is ["clr", "debug", "pipe", string pid, ..] && !Directory.Exists($"/proc/{pid}");

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
