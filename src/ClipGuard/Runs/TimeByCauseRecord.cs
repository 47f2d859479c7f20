using ClipGuard.Supervision;

namespace ClipGuard.Runs;

/// <summary>Where the wall clock of one try went, in seconds.</summary>
/// <param name="ComputedSeconds">The helper computed.</param>
/// <param name="WaitedForProcessorSeconds">It could have, and had no processor.</param>
/// <param name="WaitedForBytesSeconds">It waited for the clip's bytes.</param>
/// <param name="StoppedSeconds">It was stopped, or could not be watched.</param>
/// <param name="BlockedSeconds">The decoder waited for itself.</param>
/// <param name="MachineStealSeconds">What a hypervisor took from the whole machine meanwhile.</param>
public sealed record TimeByCauseRecord(
    double ComputedSeconds,
    double WaitedForProcessorSeconds,
    double WaitedForBytesSeconds,
    double StoppedSeconds,
    double BlockedSeconds,
    double MachineStealSeconds)
{
    internal static TimeByCauseRecord Of(PostMortem found) => new(
        Seconds.Of(found.Time.Computed),
        Seconds.Of(found.Time.WaitedForProcessor),
        Seconds.Of(found.Time.WaitedForBytes),
        Seconds.Of(found.Time.Stopped),
        Seconds.Of(found.Time.Blocked),
        Seconds.Of(found.CpuStealTime));

    internal TimeByCause ToTime() => new()
    {
        Computed = TimeSpan.FromSeconds(ComputedSeconds),
        WaitedForProcessor = TimeSpan.FromSeconds(WaitedForProcessorSeconds),
        WaitedForBytes = TimeSpan.FromSeconds(WaitedForBytesSeconds),
        Stopped = TimeSpan.FromSeconds(StoppedSeconds),
        Blocked = TimeSpan.FromSeconds(BlockedSeconds),
    };
}
