namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>
/// The callers that wait for helpers: second attempts, which need fresh ones, stand before all others, and each kind in the order in which they came.
/// Under the pool's lock, but for <see cref="IsEmpty"/>. Pure.
/// </summary>
internal sealed class DecodeQueue
{
    // All that want a fresh helper, then all that do not. Whoever is given a helper, gives up or fails is in it no more.
    private readonly LinkedList<WaitingCaller> _waiters = [];

    /// <summary>True where nobody waits. Asked without the lock it tells of a moment ago.</summary>
    public bool IsEmpty => _waiters.Count == 0;

    /// <summary>How many of them want a fresh helper.</summary>
    public int FreshCount
    {
        get
        {
            int count = 0;
            for (LinkedListNode<WaitingCaller>? node = _waiters.First; node is { Value.Fresh: true }; node = node.Next)
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>Queues a caller.</summary>
    public void Add(WaitingCaller waiter) =>
        waiter.Node = !waiter.Fresh ? _waiters.AddLast(waiter) : LastFresh() is { } last ? _waiters.AddAfter(last, waiter) : _waiters.AddFirst(waiter);

    /// <summary>Takes a caller out, if it is still in.</summary>
    public void Remove(WaitingCaller waiter)
    {
        if (waiter.Node is { List: not null } node)
        {
            _waiters.Remove(node);
        }
    }

    /// <summary>Takes all callers out, the first one first.</summary>
    /// <param name="removed">What becomes of each.</param>
    public void RemoveAll(Action<WaitingCaller> removed)
    {
        while (_waiters.First is { } node)
        {
            _waiters.RemoveFirst();
            removed(node.Value);
        }
    }

    /// <summary>The callers, in the order in which they are served.</summary>
    public LinkedList<WaitingCaller>.Enumerator GetEnumerator() => _waiters.GetEnumerator();

    private LinkedListNode<WaitingCaller>? LastFresh()
    {
        LinkedListNode<WaitingCaller>? last = null;
        for (LinkedListNode<WaitingCaller>? node = _waiters.First; node is { Value.Fresh: true }; node = node.Next)
        {
            last = node;
        }

        return last;
    }
}
