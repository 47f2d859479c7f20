namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>
/// How a pool ends: it is given up, because there will be no helper, or it is disposed of. Callers that wait are told. Under the pool's lock.
/// </summary>
/// <param name="queue">Who waits for a helper.</param>
/// <param name="greetings">Where somebody may wait for the first of them.</param>
internal sealed class PoolShutdownState(DecodeQueue queue, HelperGreetings greetings)
{
    /// <summary>Why no helper can be had any more; null while there may be some. Once set it stays.</summary>
    public HelperUnavailableException? Reason { get; private set; }

    /// <summary>True from the beginning of the disposal on.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>True where no helper is started any more.</summary>
    public bool HasCome => IsDisposed || Reason is not null;

    /// <summary>Gives the pool up. Only the first reason counts.</summary>
    public void GiveUp(HelperUnavailableException reason)
    {
        if (Reason is null)
        {
            Reason = reason;
            greetings.Fail(reason);
            queue.RemoveAll(waiter => waiter.Attempt.Fail(reason));
        }
    }

    /// <summary>The disposal begins.</summary>
    public void Dispose()
    {
        IsDisposed = true;
        queue.RemoveAll(static waiter => waiter.Attempt.Cancel());
    }
}
