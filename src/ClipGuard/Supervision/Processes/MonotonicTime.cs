using System.Diagnostics;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// Moments in nanoseconds of CLOCK_MONOTONIC: what <see cref="Stopwatch"/> counts on Linux, what the kernel's timers are set to, and what helpers stamp
/// their marks with. It goes on while the wall clock is set.
/// </summary>
internal static class MonotonicTime
{
    /// <summary>A length of time in nanoseconds.</summary>
    public static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>A length of time of so many nanoseconds.</summary>
    public static TimeSpan Time(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>The moment when a time from now will have passed.</summary>
    public static long After(TimeSpan time) => Stopwatch.GetTimestamp() + Nanoseconds(time);

    /// <summary>A length of time in words, to the millisecond.</summary>
    public static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.###} s");
}
