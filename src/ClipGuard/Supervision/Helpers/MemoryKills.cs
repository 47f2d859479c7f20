namespace ClipGuard.Supervision.Helpers;

/// <summary>How often the kernel has ended a process because memory ran out, the machine's or a control group's.</summary>
internal sealed class MemoryKills(Func<long> count, TimeProvider time)
{
    // Kills of one shortage are noticed one after another; older ones that nobody asked about were other people's.
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(2);

    private long _known = count();
    private long _unclaimed;
    private long _noticedAt;

    /// <summary>Kills that the kernel counts from here on.</summary>
    public MemoryKills()
        : this(new MemoryKillCounter().Read, TimeProvider.System)
    {
    }

    /// <summary>Whether a process was ended so that nobody has asked about. Each kill answers one question: asked after each of two victims, it is yes twice.</summary>
    public bool Claim()
    {
        long now = count();
        if (now > _known)
        {
            (_unclaimed, _known, _noticedAt) = (now - _known, now, time.GetTimestamp());
        }
        else if (time.GetElapsedTime(_noticedAt) > Recent)
        {
            _unclaimed = 0;
        }

        if (_unclaimed == 0)
        {
            return false;
        }

        _unclaimed--;
        return true;
    }
}
