using System.Globalization;

namespace ClipGuard.Supervision.Helpers;

/// <summary>How often the kernel has ended a process because memory ran out, the machine's or a control group's.</summary>
internal sealed class MemoryKills
{
    private long _known = Count();

    /// <summary>Whether it has done so since this was last asked.</summary>
    public bool HaveBeen()
    {
        long now = Count();
        (bool more, _known) = (now > _known, now);
        return more;
    }

    private static long Count()
    {
        const string counter = "oom_kill ";
        try
        {
            string? line = File.ReadLines("/proc/vmstat").FirstOrDefault(static line => line.StartsWith(counter, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(counter.Length), NumberStyles.None, CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
