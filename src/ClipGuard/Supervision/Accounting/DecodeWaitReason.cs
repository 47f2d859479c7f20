namespace ClipGuard.Supervision.Accounting;

/// <summary>What a decode waits for, where it leaves its processor to others.</summary>
internal enum DecodeWaitReason
{
    /// <summary>It computes, or would if it had a processor, or was not watched.</summary>
    None,

    /// <summary>The decoder waits for itself, as where it hangs.</summary>
    Blocked,

    /// <summary>It waits for the clip's bytes.</summary>
    ForBytes,
}

/// <summary>Tells from a decode's account what it waits for. Pure.</summary>
internal static class DecodeWaitReasons
{
    // Of a span, what a decode that waits may have computed or waited for a processor.
    private const double MostBusy = 0.125;

    /// <summary>What a decode waited for in the span between two accounts of its time.</summary>
    /// <param name="before">The account at the span's beginning.</param>
    /// <param name="after">The account at its end.</param>
    public static DecodeWaitReason Between(TimeByCause before, TimeByCause after)
    {
        TimeSpan span = after.Total - before.Total;
        TimeSpan bytes = after.WaitedForBytes - before.WaitedForBytes;
        TimeSpan waited = after.Blocked - before.Blocked + bytes;
        return span <= TimeSpan.Zero || waited < (1 - MostBusy) * span ? DecodeWaitReason.None
            : bytes >= span / 2 ? DecodeWaitReason.ForBytes
            : DecodeWaitReason.Blocked;
    }
}
