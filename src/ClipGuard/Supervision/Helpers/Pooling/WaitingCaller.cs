namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>One caller: it waits for a helper first, and then for what comes of the attempt. Under the pool's lock.</summary>
/// <param name="attempt">What it wants to have decoded.</param>
/// <param name="fresh">True where only a helper that has decoded nothing will do.</param>
internal sealed class WaitingCaller(Attempt attempt, bool fresh)
{
    /// <summary>What it wants to have decoded.</summary>
    public Attempt Attempt { get; } = attempt;

    /// <summary>True where only a helper that has decoded nothing will do.</summary>
    public bool Fresh { get; } = fresh;

    /// <summary>The helper that was given the decode; null before.</summary>
    public Helper? Helper { get; set; }

    /// <summary>Its place in the queue; <see cref="DecodeQueue"/> alone sets it.</summary>
    public LinkedListNode<WaitingCaller>? Node { get; set; }

    /// <summary>True while its clip's bytes are copied to a helper, outside the lock.</summary>
    public bool InputIsOnItsWay { get; set; }

    /// <summary>True where the caller gave up while they were.</summary>
    public bool HasGivenUp { get; set; }
}
