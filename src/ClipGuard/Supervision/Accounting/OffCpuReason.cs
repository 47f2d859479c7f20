namespace ClipGuard.Supervision.Accounting;

/// <summary>What a decode waits for, where it leaves its processor to others.</summary>
internal enum OffCpuReason
{
    /// <summary>It computes, or would if it had a processor, or was not watched.</summary>
    None,

    /// <summary>The decoder waits for itself, as where it hangs.</summary>
    Blocked,

    /// <summary>It waits for the clip's bytes.</summary>
    ForBytes,
}

/// <summary>Tells from a decode's account what it waits for. Pure.</summary>
internal static class OffCpuReasons
{
    // Of a span, what a decode that waits may have computed or waited for a processor.
    private const double MostBusy = 0.125;

    /// <summary>What a decode waited for in the span between two accounts of its time.</summary>
    /// <param name="before">The account at the span's beginning.</param>
    /// <param name="after">The account at its end.</param>
    public static OffCpuReason Between(TimeByCause before, TimeByCause after)
    {
        TimeSpan span = after.Total - before.Total;
        TimeSpan bytes = after.WaitedForBytes - before.WaitedForBytes;
        TimeSpan waited = after.Blocked - before.Blocked + bytes;
        return span <= TimeSpan.Zero || waited < (1 - MostBusy) * span ? OffCpuReason.None
            : bytes >= span / 2 ? OffCpuReason.ForBytes
            : OffCpuReason.Blocked;
    }
}
