using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Helpers;

// Demand and supply, all under the lock. Called from a helper's steps.
internal sealed partial class HelperPool
{
    private static readonly TimeSpan RetryStartsAfter = TimeSpan.FromSeconds(1);

    // Of the unkillable helpers, those that wait for the storage of clips. Each still holds its lease.
    private int _waitingForStorage;
    private bool _storageIsTimed;
    private int _pendingStarts;
    private int _givingBack;
    private bool _serving;
    private bool _retryIsSet;
    private HelperUnavailableException? _startTrouble;
    private readonly TaskCompletionSource<ReadyMessage> _greeting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A helper is ready for a decode, for the first time or again.</summary>
    public void Offer(Helper helper)
    {
        if (helper.Decodes == 0)
        {
            _starting--;
            _failedStarts = 0;
            _startTrouble = null;
            RecordHandshake(helper.Greeting!);

            // Starts succeed again: those that were put off while they failed are made up for.
            KeepUp();
        }

        _ready.Add(helper);
        Serve();
    }

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
    /// A lease has ended, and its place goes to whoever waits: mostly with the same helper. To go on with another one while a payload is still read was tried;
    /// three helpers taking turns on two cores lose more to cold caches than the wait costs.
    /// </summary>
    public void EndLease()
    {
        _leased--;
        Serve();
    }

    /// <summary>A helper can no longer decode: another one takes its place.</summary>
    public void Lost(Helper helper)
    {
        _wanted--;
        if (helper.Greeting is null)
        {
            _starting--;
        }

        _ready.Remove(helper);
        BreakIfHopeless();
        KeepUp();
    }

    /// <summary>A helper is gone for good. Its memory is given back outside the lock, which the clocks need.</summary>
    public void Forget(Helper helper)
    {
        _givingBack++;
        ThreadPool.UnsafeQueueUserWorkItem(
            static gone =>
            {
                gone.Memory.Dispose();
                lock (gone.Pool._gate)
                {
                    gone.Pool._givingBack--;
                    gone.Pool.EndIfEmpty();
                }
            },
            (Pool: this, helper.Process.Memory),
            preferLocal: false);

        if (_all.Remove(helper) && helper.WasUnkillable)
        {
            _unkillable--;
            if (helper.KeepsItsLease)
            {
                _waitingForStorage--;
                EndLease();
            }
        }

        EndIfEmpty();
        if (_watchEndsWithTheLast && _all.Count == 0)
        {
            Watch.Dispose();
        }
    }

    /// <summary>A helper did not start, for a reason of its own.</summary>
    public void StartFailed(string reason, bool decoderMissing)
    {
        _failedStarts++;
        LogLater(logger => LogStartFailed(logger, reason));
        if (decoderMissing || _failedStarts >= MaxFailedStarts)
        {
            _startTrouble = new HelperUnavailableException(
                decoderMissing ? reason : $"Helpers cannot be started ({_failedStarts} tries in a row failed). {reason}", decoderMissing);
        }

        BreakIfHopeless();
    }

    /// <summary>A killed helper is stuck in the kernel.</summary>
    public void Unkillable(Helper helper)
    {
        _unkillable++;
        int pid = helper.Process.Pid;
        if (helper.KeepsItsLease)
        {
            WaitForStorage(pid);
        }
        else
        {
            LogLater(logger => LogUnkillable(logger, pid));
        }

        if (_unkillable - _waitingForStorage > _options.MaxUnkillable)
        {
            Break(new HelperUnavailableException(
                $"{_unkillable} helpers were killed and are stuck in the kernel, as happens when a network mount is dead. Check the storage that the clips lie on."));
        }

        EndIfEmpty();
    }

    // Its lease ends with it. Where all leases are held so, nothing is dispatched until the storage answers: more helpers would only be stuck beside them.
    private void WaitForStorage(int pid)
    {
        _waitingForStorage++;
        LogLater(logger => LogStorageStuck(logger, pid, _waitingForStorage, _options.Workers));
        if (_waitingForStorage >= _options.Workers && !_storageIsTimed)
        {
            _storageIsTimed = true;
            Watch.Remind(Helper.After(_options.StorageLimit), () =>
            {
                _storageIsTimed = false;
                if (_waitingForStorage >= _options.Workers)
                {
                    Break(new HelperUnavailableException(
                        $"All {_options.Workers} helpers that may decode at a time are stuck in the kernel, where they wait for the storage that the clips lie on; "
                        + $"it has not answered for {_options.StorageLimit.TotalSeconds:0} s."));
                }
            });
        }
    }

    /// <summary>A helper is slow to start.</summary>
    public void WarnOfSlowStart(Helper helper, TimeSpan after)
    {
        int pid = helper.Process.Pid;
        LogLater(logger => LogSlowStart(logger, pid, after.TotalSeconds, _options.StartLimit.TotalSeconds));
    }

    // Gives ready helpers to those who wait, second tries first.
    private void Serve()
    {
        // A dispatch that fails ends its decode, and that leads back here.
        if (_serving)
        {
            return;
        }

        _serving = true;
        try
        {
            MakeRoomForFresh();
            while (_leased < _options.Workers && NextToServe() is var (waiter, helper))
            {
                _ready.Remove(helper);
                Remove(waiter);
                _leased++;
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
    }

    // A clip that travels in memory may be large, and is copied outside the lock, which the clocks need. Until then the helper stays Ready, and in nobody's reach.
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
            int found = waiter.Fresh ? FreshHelper() : PreferUsed();
            if (found >= 0)
            {
                return (waiter, _ready[found]);
            }
        }

        return null;
    }

    private int FreshHelper() => _ready.FindLastIndex(static helper => helper.Decodes == 0);

    // Ordinary decodes take used helpers where they can, so that fresh ones stay for second tries.

    private int PreferUsed()
    {
        int used = _ready.FindLastIndex(static helper => helper.Decodes > 0);
        return used >= 0 ? used : _ready.Count - 1;
    }

    // Where second tries wait that no new helper is there or on its way for, used ones make room for new ones, before other decodes take them.
    private void MakeRoomForFresh()
    {
        if (_waiters.First is not { Value.Fresh: true } || _failedStarts > 0)
        {
            return;
        }

        int lacking = _waiters.TakeWhile(static waiter => waiter.Fresh).Count() - _ready.Count(static helper => helper.Decodes == 0) - _starting;
        while (lacking-- > 0 && _ready.Find(static helper => helper.Decodes > 0) is { } used)
        {
            used.Step(HelperEvent.Retired);
        }
    }

    private bool LacksHelpers => !_disposed && _broken is null && _wanted < _options.Workers + _options.Spares;

    // More starts at a time than there are processors take each other's time, and then all of them are late: 64 helpers at 4 % of a processor never came up.
    private bool MayStart => LacksHelpers && _starting < Environment.ProcessorCount;

    // Starts what is missing. While starts fail and other helpers still decode, once a second.
    private void KeepUp()
    {
        while (MayStart)
        {
            if (_startTrouble is not null)
            {
                RetryLater();
                return;
            }

            BeginStart();
        }
    }

    private void RetryLater()
    {
        if (!_retryIsSet)
        {
            _retryIsSet = true;
            Watch.Remind(Helper.After(RetryStartsAfter), () =>
            {
                _retryIsSet = false;
                if (LacksHelpers)
                {
                    BeginStart();
                }
            });
        }
    }

    private void BeginStart()
    {
        _wanted++;
        _starting++;
        _pendingStarts++;
        var start = new PendingStart(++_lastId);
        _spawner.Post(() => Start(start));
        Watch.Remind(Helper.After(_options.StartLimit), () =>
        {
            if (!start.IsOver)
            {
                EndStart(start, null, $"The start of {_launch.Path} has not come back within {_options.StartLimit.TotalSeconds} s, as happens where it lies on a dead network mount.");
            }
        });
    }

    // On the spawner's thread. That thread is confined, and so is every thread that it starts: what came of the start is therefore told to the thread
    // that keeps the clocks, and nothing is queued from here to the thread pool.
    private void Start(PendingStart start)
    {
        HelperProcess? process = null;
        string failure = string.Empty;
        try
        {
            process = HelperProcess.Start(_launch, _spawner.DevNull);
        }
        catch (Exception error)
        {
            failure = error.Message;
        }

        lock (_gate)
        {
            if (!start.IsOver)
            {
                Watch.Post(() => EndStart(start, process, failure));
                return;
            }
        }

        process?.KillAndReap();
    }

    private void EndStart(PendingStart start, HelperProcess? process, string failure)
    {
        if (start.IsOver)
        {
            process?.KillAndReap();
            return;
        }

        start.IsOver = true;
        _pendingStarts--;
        if (process is not null)
        {
            var helper = new Helper(start.Id, process, this, _options);
            _all.Add(helper);
            Watch.Add(helper);
            if (_disposed || _broken is not null)
            {
                helper.CancelAny();
            }
        }
        else
        {
            _wanted--;
            _starting--;
            StartFailed(failure, decoderMissing: false);
            KeepUp();
            EndIfEmpty();
        }
    }

    // What a helper says of itself when it is ready. Whoever waits for the first may read on at once: everything is in place before it is told.
    private void RecordHandshake(ReadyMessage greeting)
    {
        bool isLooser = greeting.Sandbox < LowestSandbox;
        LowestSandbox = isLooser ? greeting.Sandbox : LowestSandbox;
        if (!_greeting.TrySetResult(greeting) && isLooser)
        {
            LogLater(logger => LogLooserSandbox(logger, greeting.Sandbox));
        }
    }

    // Starts that fail while other helpers decode may be a passing trouble. Where none is left nothing would ever be decoded again, and second tries
    // wait for a new one in any case.
    private void BreakIfHopeless()
    {
        if (_startTrouble is not null && (_failedStarts >= MaxFailedRetries || !_all.Any(static helper => helper.IsOfUse)))
        {
            Break(_startTrouble);
        }
    }

    private void Break(HelperUnavailableException reason)
    {
        if (_broken is null)
        {
            _broken = reason;
            _greeting.TrySetException(reason);
            FailWaiters(waiter => waiter.Attempt.Fail(reason));
        }
    }

    private void EndIfEmpty()
    {
        if (_disposed && _pendingStarts == 0 && _givingBack == 0 && _all.Count == _unkillable)
        {
            _empty.TrySetResult();
        }
    }

    /// <summary>A start that the spawner has been asked for.</summary>
    private sealed class PendingStart(long id)
    {
        public long Id { get; } = id;

        public bool IsOver { get; set; }
    }
}
