namespace ClipGuard.Supervision.Helpers;

// Who decodes: callers wait for helpers, and are given them. All under the lock, but for what the thread pool does beside it.
internal sealed partial class HelperPool
{
    /// <summary>The payload of a delivered clip has been read.</summary>
    public void Release(Helper helper, long payloadBytes)
    {
        helper.Process.Memory.Trim(payloadBytes);
        helper.Process.Memory.Dispose();
        lock (_gate)
        {
            helper.Release();
            EndLease();
        }
    }

    /// <summary>
    /// A lease has ended, and the next caller in the queue is served, mostly by the same helper. Going on with another helper while a payload is still read was
    /// tried: three helpers that take turns on two cores lose more to cold caches than the wait costs.
    /// </summary>
    public void EndLease()
    {
        _places.Return(this);
        Serve();
    }

    /// <summary>A decode begins to wait, or no longer does.</summary>
    public void Wait(bool begins)
    {
        _waiting += begins ? 1 : -1;
        _places.Wait(begins, this);
        WaitingDecodes.Add(begins);
    }

    /// <summary>A decode waits still: another one may go on beside it.</summary>
    public void ServeBeside()
    {
        if (_waiters.Count > 0)
        {
            Serve();
        }
    }

    // Gives ready helpers to waiting callers, second attempts first.
    private void Serve()
    {
        // A dispatch that fails ends its lease, and EndLease calls this again: the outer call goes on with the queue.
        if (_serving)
        {
            return;
        }

        _serving = true;
        try
        {
            MakeRoomForFresh();
            while (NextToServe() is var (waiter, helper) && _places.TryTake())
            {
                _ready.Remove(helper);
                Remove(waiter);
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

        KeepUp();
    }

    // A clip that travels in memory may be large, and is copied outside the lock, which the clocks need. Meanwhile the helper stays in state Ready, but is
    // in neither _ready nor any waiter, so that nobody else can take it.
    private void BringInput(Waiter waiter, Helper helper)
    {
        waiter.InputIsOnItsWay = true;
        helper.Process.Memory.AddReference();
        ThreadPool.UnsafeQueueUserWorkItem(
            static work =>
            {
                Exception? unreadable = work.Helper.TakeInput(work.Waiter.Attempt);
                work.Helper.Process.Memory.Dispose();
                lock (work.Pool._gate)
                {
                    work.Pool.InputIsThere(work.Waiter, work.Helper, unreadable);
                }
            },
            (Pool: this, Waiter: waiter, Helper: helper),
            preferLocal: false);
    }

    private void InputIsThere(Waiter waiter, Helper helper, Exception? unreadable)
    {
        waiter.InputIsOnItsWay = false;
        bool alive = helper.State == HelperState.Ready;
        if (alive && !waiter.HasGivenUp && unreadable is null)
        {
            waiter.Helper = helper;
            helper.Dispatch(waiter.Attempt);
            return;
        }

        if (waiter.HasGivenUp || _disposed)
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
            _ready.Add(helper);
        }

        EndLease();
    }

    private (Waiter, Helper)? NextToServe()
    {
        foreach (Waiter waiter in _waiters)
        {
            if (waiter.Attempt.ReadsStorage && !_storage.MayDispatch(_reading))
            {
                continue;
            }

            int found = waiter.Fresh ? FreshHelper() : PreferUsed();
            if (found >= 0)
            {
                return (waiter, _ready[found]);
            }
        }

        return null;
    }

    private int FreshHelper() => _ready.FindLastIndex(static helper => helper.Decodes == 0);

    // Ordinary decodes take used helpers where they can, so that fresh ones stay for second attempts.
    private int PreferUsed()
    {
        int used = _ready.FindLastIndex(static helper => helper.Decodes > 0);
        return used >= 0 ? used : _ready.Count - 1;
    }

    // Where more second attempts wait than fresh helpers are ready or starting, used helpers are retired, each of which starts a fresh one in its stead. Done
    // before other decodes are served, which would take the used ones.
    private void MakeRoomForFresh()
    {
        if (_waiters.First is not { Value.Fresh: true } || _failedStarts > 0)
        {
            return;
        }

        KeepSpares();
        int lacking = _waiters.TakeWhile(static waiter => waiter.Fresh).Count() - _ready.Count(static helper => helper.Decodes == 0) - _starting;
        while (lacking-- > 0 && _ready.Find(static helper => helper.Decodes > 0) is { } used)
        {
            used.Step(HelperEvent.Retired);
        }
    }
}
