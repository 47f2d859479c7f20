using System.Globalization;

namespace ClipGuard.Supervision.Accounting;

/// <summary>
/// Whether there is memory for one decode more: as much of it is available as a decode may take, on the machine and in this process's control group and all
/// above it (of version 1 or 2), and the kernel does not tell of tasks that wait for memory (pressure stall information).
/// </summary>
/// <param name="bytes">What a decode may take.</param>
/// <param name="root">Where <c>proc</c> and <c>sys</c> are.</param>
internal sealed class MemoryHeadroom(long bytes, string root = "/")
{
    // Percent of the last ten seconds in which some task waited for memory. A machine that is well has 0.
    private const double MostPressure = 10;

    // Reading takes some tenths of a millisecond, and is done under a lock that the clocks need.
    private static readonly long KeptNanoseconds = 250_000_000;

    private long _readAt = long.MinValue / 2;
    private bool _found;

    /// <summary>The answer, at most a quarter of a second old. One thread at a time.</summary>
    /// <param name="now">The moment, in nanoseconds as Stopwatch counts.</param>
    public bool Has(long now)
    {
        if (now - _readAt >= KeptNanoseconds)
        {
            _readAt = now;
            _found = Find();
        }

        return _found;
    }

    /// <summary>The answer now. Where the system does not tell, there is room.</summary>
    public bool Find() => Available() >= bytes && Pressure() < MostPressure;

    private long Available() => Groups().Select(AvailableIn).Append(AvailableHere()).Min();

    private double Pressure() =>
        Groups().Where(static group => group.IsSecond).Select(static group => Path.Join(group.Folder, "memory.pressure"))
            .Append(Path.Join(root, "proc/pressure/memory")).Max(PressureOf);

    // "MemAvailable:   12345 kB"
    private long AvailableHere() => Field(Path.Join(root, "proc/meminfo"), "MemAvailable:") is { } kilobytes ? kilobytes << 10 : long.MaxValue;

    // Pages of files that nobody has used lately are given back when memory is wanted.
    private static long AvailableIn((string Folder, bool IsSecond) group)
    {
        (string most, string used, string cache) = group.IsSecond
            ? ("memory.max", "memory.current", "inactive_file ")
            : ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ");
        return Number(Path.Join(group.Folder, most)) is { } limit && Number(Path.Join(group.Folder, used)) is { } taken
            ? limit - taken + (Field(Path.Join(group.Folder, "memory.stat"), cache) ?? 0)
            : long.MaxValue;
    }

    // "some avg10=1.53 avg60=0.87 avg300=0.21 total=123456"
    private static double PressureOf(string file) =>
        Lines(file).FirstOrDefault(static line => line.StartsWith("some avg10=", StringComparison.Ordinal)) is { } line
            && double.TryParse(line["some avg10=".Length..].Split(' ')[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent)
            ? percent
            : 0;

    // "0::/path" of version 2, "4:memory:/path" of version 1. Inside a container the path may be one that is seen from outside alone: then the root is looked
    // at, which is the container's own.
    private IEnumerable<(string Folder, bool IsSecond)> Groups()
    {
        foreach (string[] parts in Lines(Path.Join(root, "proc/self/cgroup")).Select(static line => line.Split(':', 3)))
        {
            bool isSecond = parts is ["0", "", _];
            if (isSecond || (parts.Length == 3 && parts[1].Split(',').Contains("memory")))
            {
                string top = Path.Join(root, isSecond ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
                for (string? group = parts[2]; group is not null; group = Path.GetDirectoryName(group))
                {
                    yield return (Path.Join(top, group), isSecond);
                }
            }
        }
    }

    private static long? Number(string file) =>
        long.TryParse(Lines(file).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static long? Field(string file, string name) =>
        Lines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            && long.TryParse(line[name.Length..].Trim().Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

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
