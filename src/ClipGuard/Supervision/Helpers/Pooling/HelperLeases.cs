namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>
/// Who decodes: callers wait for helpers and are given them, as far as there are places. Under the pool's lock, but for the copying of clips that travel in
/// memory, which happens on the thread pool beside it.
/// </summary>
/// <param name="gate">The pool's lock.</param>
/// <param name="queue">Who waits for a helper.</param>
/// <param name="warm">The helpers without work.</param>
/// <param name="capacity">How many decodes may run: each lease takes a place.</param>
/// <param name="storage">Whether decodes that read storage may begin.</param>
/// <param name="supply">Where helpers come from.</param>
/// <param name="end">Whether the pool is disposed of.</param>
internal sealed class HelperLeases(
    Lock gate, DecodeQueue queue, WarmHelpers warm, PoolCapacityShare capacity, StorageWatch storage, HelperSupply supply, PoolShutdownState end)
{
    // True while Serve goes through the queue.
    private bool _serving;

    /// <summary>A caller waits for a helper.</summary>
    public void Add(WaitingCaller waiter)
    {
        queue.Add(waiter);
        Serve();
    }

    /// <summary>A caller gives up, whether it waits for a helper or has one.</summary>
    public void GiveUp(WaitingCaller waiter)
    {
        if (waiter.Helper is { } helper)
        {
            helper.Cancel(waiter.Attempt);
        }
        else if (waiter.InputIsOnItsWay)
        {
            // The bytes are the caller's own memory: its task is cancelled only once the copying thread no longer reads them.
            waiter.HasGivenUp = true;
        }
        else
        {
            queue.Remove(waiter);
            waiter.Attempt.Cancel();
        }
    }

    /// <summary>A helper has been given a decode.</summary>
    public void Began(Attempt attempt) => storage.Began(attempt);

    /// <summary>A decode has come to something. Where that tells of the storage, others may be dispatched now, or none.</summary>
    /// <param name="attempt">The decode.</param>
    /// <param name="result">What came of it; null where its caller gave up.</param>
    public void Ended(Attempt attempt, AttemptResult? result)
    {
        if (storage.Ended(attempt, result))
        {
            Serve();
        }
    }

    /// <summary>
    /// A lease has ended, and the next caller in the queue is served, mostly by the same helper. Going on with another helper while a payload is still read was
    /// tried: three helpers that take turns on two cores lose more to cold caches than the wait costs.
    /// </summary>
    public void End()
    {
        capacity.Return();
        Serve();
    }

    /// <summary>A decode begins to wait, or no longer does.</summary>
    public void Wait(bool begins) => capacity.Wait(begins);

    /// <summary>A decode waits still: another one may go on beside it.</summary>
    public void ServeBeside()
    {
        if (!queue.IsEmpty)
        {
            Serve();
        }
    }

    /// <summary>Gives warm helpers to callers that wait, second attempts first.</summary>
    public void Serve()
    {
        // A dispatch that fails ends its lease, and End calls this again: the outer call goes on with the queue.
        if (_serving)
        {
            return;
        }

        _serving = true;
        try
        {
            MakeRoomForFresh();
            while (NextToServe() is var (waiter, helper) && capacity.TryTake())
            {
                warm.Remove(helper);
                queue.Remove(waiter);
                if (waiter.Attempt.InputLength > 0)
                {
                    BringInput(waiter, helper);
                }
                else
                {
                    waiter.Helper = helper;
                    helper.Dispatch(waiter.Attempt);
                }
            }
        }
        finally
        {
            _serving = false;
        }

        supply.KeepUp();
    }

    private (WaitingCaller, Helper)? NextToServe()
    {
        foreach (WaitingCaller waiter in queue)
        {
            if (storage.MayDispatch(waiter.Attempt) && (waiter.Fresh ? warm.Fresh : warm.ForOrdinary) is { } helper)
            {
                return (waiter, helper);
            }
        }

        return null;
    }

    // Where more second attempts wait than fresh helpers are warm or starting, used helpers are retired, each of which starts a fresh one in its stead. Done
    // before other decodes are served, which would take the used ones.
    private void MakeRoomForFresh()
    {
        int wanted = queue.FreshCount;
        if (wanted == 0 || supply.StartsFail)
        {
            return;
        }

        supply.KeepSpares();
        int lacking = wanted - warm.FreshCount - supply.Starting;
        while (lacking-- > 0 && warm.LongestUnused is { } used)
        {
            used.Step(HelperEvent.Retired);
        }
    }

    // A clip that travels in memory may be large, and is copied outside the lock, which the clocks need. Meanwhile the helper stays in state Ready, but is
    // neither among the warm ones nor any waiter's, so that nobody else can take it.
    private void BringInput(WaitingCaller waiter, Helper helper)
    {
        waiter.InputIsOnItsWay = true;
        helper.Process.Memory.AddReference();
        ThreadPool.UnsafeQueueUserWorkItem(
            static work =>
            {
                Exception? unreadable = work.WaitingCaller.Attempt.CopyInput(work.Helper.Process.Memory);
                work.Helper.Process.Memory.Dispose();
                work.Leases.EndInput(work.WaitingCaller, work.Helper, unreadable);
            },
            (Leases: this, WaitingCaller: waiter, Helper: helper),
            preferLocal: false);
    }

    private void EndInput(WaitingCaller waiter, Helper helper, Exception? unreadable)
    {
        lock (gate)
        {
            waiter.InputIsOnItsWay = false;
            bool alive = helper.State == HelperState.Ready;
            if (alive && !waiter.HasGivenUp && unreadable is null)
            {
                waiter.Helper = helper;
                helper.Dispatch(waiter.Attempt);
                return;
            }

            if (waiter.HasGivenUp || end.IsDisposed)
            {
                waiter.Attempt.Cancel();
            }
            else if (unreadable is not null)
            {
                waiter.Attempt.Fail(unreadable);
            }
            else
            {
                waiter.Attempt.Conclude(new AttemptResult.InfrastructureFailure("The helper ended while the clip's bytes were brought to it."));
            }

            if (alive)
            {
                warm.Add(helper);
            }

            End();
        }
    }
}
