using System.Diagnostics;

namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>How many killed helpers are stuck in the kernel. Pure.</summary>
/// <param name="workers">Decodes that compute at a time.</param>
/// <param name="most">Helpers that may be stuck for other reasons than the storage, before the pool is given up.</param>
internal sealed class UnkillableHelperCount(int workers, int most)
{
    // 0 ≤ WaitForStorage ≤ Count.

    /// <summary>All of them.</summary>
    public int Count { get; private set; }

    /// <summary>Those that wait for the storage of their clips: each holds its lease until it ends.</summary>
    public int WaitForStorage { get; private set; }

    /// <summary>True where more are stuck for other reasons than are put up with.</summary>
    public bool AreTooMany => Count - WaitForStorage > most;

    /// <summary>True where they hold a lease for each worker, so that nothing is dispatched until the storage answers.</summary>
    public bool HoldAllLeases => WaitForStorage >= workers;

    /// <summary>A helper was killed and has not ended in time.</summary>
    public void Add(bool waitsForStorage)
    {
        Count++;
        WaitForStorage += waitsForStorage ? 1 : 0;
    }

    /// <summary>The kernel has let one go.</summary>
    public void Remove(bool waitedForStorage)
    {
        Count--;
        WaitForStorage -= waitedForStorage ? 1 : 0;
        Debug.Assert(WaitForStorage >= 0 && WaitForStorage <= Count, "Whoever ends was counted.");
    }
}
