namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>
/// Whether reading files ahead pays: it does where reads take long, and where they come from a cache it is one copy more. Reading ahead begins switched on;
/// it is switched off once most of the last reads were fast, and on again once decodes that read for themselves wait. Pure; one thread at a time.
/// </summary>
internal sealed class ReadAheadSwitch
{
    // What a copy out of the page cache takes on a busy machine, with room to spare; the fastest disks need as much again.
    private static readonly TimeSpan FastClip = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan FastMegabyte = TimeSpan.FromMilliseconds(3);

    private const int ReadsLookedAt = 16;
    private const int SlowToStayOn = 4;
    private const int DecodesLookedAt = 8;
    private const int SlowToSwitchOn = 3;

    private int _seen;
    private int _slow;

    /// <summary>Whether files are to be read ahead.</summary>
    public bool IsOn { get; private set; } = true;

    /// <summary>A clip was read ahead.</summary>
    /// <param name="spent">Time in open and read.</param>
    /// <param name="bytes">Its length.</param>
    public void ReadAhead(TimeSpan spent, long bytes)
    {
        if (IsOn)
        {
            Count(spent, bytes, ReadsLookedAt, static slow => slow >= SlowToStayOn);
        }
    }

    /// <summary>A decode has read its clip for itself.</summary>
    /// <param name="waited">How long it waited for the bytes.</param>
    /// <param name="bytes">How many it read.</param>
    public void Decoded(TimeSpan waited, long bytes)
    {
        if (!IsOn)
        {
            Count(waited, bytes, DecodesLookedAt, static slow => slow >= SlowToSwitchOn);
        }
    }

    private void Count(TimeSpan spent, long bytes, int lookedAt, Func<int, bool> isSlow)
    {
        _slow += spent > FastClip + (FastMegabyte * (bytes / 1e6)) ? 1 : 0;
        if (++_seen == lookedAt)
        {
            IsOn = isSlow(_slow);
            _seen = _slow = 0;
        }
    }
}
