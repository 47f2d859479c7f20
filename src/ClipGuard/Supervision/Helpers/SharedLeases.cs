namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// Decodes that may run at the same time in all of a supervisor's pools together. Each pool keeps as many helpers as it could use alone; who decodes is decided
/// by who asks first.
/// </summary>
internal sealed class SharedLeases(int count)
{
    private readonly List<HelperPool> _pools = [];
    private int _free = count;

    /// <summary>Makes a pool known that takes leases from here; before any is taken.</summary>
    public void Add(HelperPool pool) => _pools.Add(pool);

    /// <summary>Takes a lease, where one is free.</summary>
    public bool TryTake()
    {
        if (Interlocked.Decrement(ref _free) >= 0)
        {
            return true;
        }

        _ = Interlocked.Increment(ref _free);
        return false;
    }

    /// <summary>Gives a lease back; where callers of other pools wait, they are served.</summary>
    public void Return(HelperPool from)
    {
        _ = Interlocked.Increment(ref _free);
        foreach (HelperPool pool in _pools)
        {
            if (pool != from && pool.HasWaiters)
            {
                pool.ServeLater();
            }
        }
    }
}
