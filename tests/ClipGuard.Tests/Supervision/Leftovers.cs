using System.Globalization;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>What a suite must not leave behind: processes, descriptors, mappings and files.</summary>
internal sealed class Leftovers
{
    private readonly HashSet<int> _children = Children();
    private readonly string[] _descriptors = Ours(Descriptors());
    private readonly HashSet<string> _files = Files();

    /// <summary>Asserts that nothing has come that is still there.</summary>
    public void AssertNone()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Children().Except(_children), Is.Empty, "child processes");
            Assert.That(Ours(Descriptors()), Has.Length.LessThanOrEqualTo(_descriptors.Length), () => $"descriptors: {string.Join(", ", Descriptors())}");
            Assert.That(Files().Except(_files), Is.Empty, "files in the temporary folder and /dev/shm");
            Assert.That(File.ReadLines("/proc/self/maps").Where(line => line.Contains("memfd:clipguard", StringComparison.Ordinal)), Is.Empty, "mappings");
        });
    }

    private static HashSet<int> Children() =>
        [.. Directory.EnumerateDirectories("/proc/self/task")
            .SelectMany(task => TryRead(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];

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
            .Where(path => path.Contains("clipguard", StringComparison.OrdinalIgnoreCase) || path.Contains("clr-debug-pipe", StringComparison.Ordinal))];

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
