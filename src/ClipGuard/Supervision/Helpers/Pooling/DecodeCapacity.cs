using System.Diagnostics;

using ClipGuard.Supervision.Accounting;

namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>
/// The leases of a supervisor, over all its pools together: each pool keeps as many helpers as it could use alone, and who decodes is decided by who asks
/// first. There are as many places as workers; a decode that waits (<see cref="OffCpuReason"/>) leaves its place to another one while it does, up to
/// a limit and as far as there is memory. Any number of threads.
/// </summary>
/// <param name="workers">Decodes that may compute at the same time.</param>
/// <param name="most">Decodes that may go on at the same time, those that wait counted; at least <paramref name="workers"/>.</param>
/// <param name="hasRoom">Whether there is memory for one decode more, at a moment as Stopwatch counts; asked under this object's lock.</param>
internal sealed class DecodeCapacity(int workers, int most, Func<long, bool> hasRoom)
{
    private readonly Lock _gate = new();
    private readonly List<HelperPool> _pools = [];

    // 0 ≤ _waiting ≤ _taken ≤ most.
    private int _taken;
    private int _waiting;

    /// <summary>The capacity of a supervisor with these options.</summary>
    public static DecodeCapacity For(SupervisorOptions options) =>
        new(options.Workers, options.MaxWorkers, new MemoryHeadroom(options.HelperMemoryBytes).Has);

    /// <summary>Helpers that a pool may need beyond one for each worker.</summary>
    public int MostBeside => most - workers;

    /// <summary>Makes a pool known that takes places from here; before any is taken.</summary>
    public void Add(HelperPool pool) => _pools.Add(pool);

    /// <summary>Takes a place, where one is free.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            bool mayTake = _taken - _waiting < workers && _taken < most && (_taken < workers || hasRoom(Stopwatch.GetTimestamp()));
            _taken += mayTake ? 1 : 0;
            return mayTake;
        }
    }

    /// <summary>Whether there is memory for a helper beside those of the workers.</summary>
    public bool HasRoom()
    {
        lock (_gate)
        {
            return hasRoom(Stopwatch.GetTimestamp());
        }
    }

    /// <summary>A decode that has a place begins to wait, or no longer does. Its place may be taken when it goes on: for a moment one more computes.</summary>
    public void Wait(bool begins, HelperPool from)
    {
        lock (_gate)
        {
            _waiting += begins ? 1 : -1;
            Debug.Assert(_waiting >= 0 && _waiting <= _taken, "Whoever waits has a place.");
        }

        if (begins)
        {
            ServeOthers(from);
        }
    }

    /// <summary>Gives a place back; where callers of other pools wait, they are served.</summary>
    public void Return(HelperPool from)
    {
        lock (_gate)
        {
            _taken--;
        }

        ServeOthers(from);
    }

    private void ServeOthers(HelperPool than)
    {
        foreach (HelperPool pool in _pools)
        {
            if (pool != than && pool.HasWaiters)
            {
                pool.ServeLater();
            }
        }
    }
}
