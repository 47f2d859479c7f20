using System.Globalization;

namespace ClipGuard.Benchmarks;

/// <summary>This process's private memory over a run: the most in its last tenth against the most in its first.</summary>
internal sealed class MemoryGrowthMeter(int rounds)
{
    private const int Readings = 200;

    private readonly Lock _gate = new();
    private long _first;
    private long _last;

    /// <summary>Growth in megabytes, between the peaks of the first and the last tenth.</summary>
    public double Megabytes => (_last - _first) / 1e6;

    /// <summary>Reads the memory, a few hundred times in the whole run.</summary>
    public void Note(int round)
    {
        if (round % Math.Max(1, rounds / Readings) != 0)
        {
            return;
        }

        // What is only not collected yet is no growth: how much of it there may be follows from the processor's cache.
        GC.Collect();
        long now = PrivateResidentBytes();
        lock (_gate)
        {
            if (round <= rounds / 10)
            {
                _first = Math.Max(_first, now);
            }
            else if (round > rounds * 9L / 10)
            {
                _last = Math.Max(_last, now);
            }
        }
    }

    // What the helpers share with this process comes and goes with them; what it keeps for itself is anonymous.
    private static long PrivateResidentBytes()
    {
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(8).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture) * 1024;
    }
}
