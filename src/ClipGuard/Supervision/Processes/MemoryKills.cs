namespace ClipGuard.Supervision.Processes;

/// <summary>How often the kernel has ended a process because memory ran out, the machine's or a control group's. Any number of threads.</summary>
internal sealed class MemoryKills(Func<long> count, TimeProvider time)
{
    // Helpers that one shortage ended are claimed for within moments of each other. A kill that is not claimed for so long was of some other process.
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(2);

    private static readonly Lazy<MemoryKills> OfThisProcess = new(static () => new MemoryKills(new MemoryKillCounter().Read, TimeProvider.System));

    private readonly Lock _gate = new();
    private long _known = count();
    private long _unclaimed;
    private long _noticedAt;

    /// <summary>Kills that the kernel counts from the first use on. One for the whole process, so that no kill is taken for the end of two helpers.</summary>
    public static MemoryKills Shared => OfThisProcess.Value;

    /// <summary>
    /// Takes one of the kills that no helper's end has been put down to yet. To be called once for each helper that ended of a SIGKILL: it says true at most
    /// as often as the kernel's count has risen.
    /// </summary>
    public bool Claim()
    {
        lock (_gate)
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
}
