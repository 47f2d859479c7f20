namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>
/// A pool's share in the places for decodes (<see cref="DecodeCapacity"/>), and how many helpers beside the workers' its decodes ask for. Under the pool's
/// lock; that of the places is taken inside it.
/// </summary>
/// <param name="capacity">How many decodes may run, over all pools together.</param>
/// <param name="queue">Who waits for a helper of this pool.</param>
/// <param name="pool">The pool.</param>
internal sealed class PoolCapacityShare(DecodeCapacity capacity, DecodeQueue queue, HelperPool pool)
{
    // Decodes of this pool that go on and wait. 0 ≤ _waiting ≤ leases of this pool.
    private int _waiting;

    /// <summary>
    /// Helpers that are wanted beside those of the workers, as far as there is memory: one for each decode that waits, while somebody waits for a helper.
    /// </summary>
    public int HelpersBeside => queue.IsEmpty ? 0 : Math.Min(_waiting, capacity.MostBeside);

    /// <summary>Whether there is memory for a helper beside those of the workers. Reads what the kernel tells, so it is asked last.</summary>
    public bool HasRoom() => capacity.HasRoom();

    /// <summary>Takes a place, where one is free.</summary>
    public bool TryTake() => capacity.TryTake();

    /// <summary>Gives a place back, to whoever of the other pools waits.</summary>
    public void Return() => capacity.Return(pool);

    /// <summary>A decode begins to wait, or no longer does.</summary>
    public void Wait(bool begins)
    {
        _waiting += begins ? 1 : -1;
        capacity.Wait(begins, pool);
        WaitingDecodesCounter.Add(begins);
    }
}
