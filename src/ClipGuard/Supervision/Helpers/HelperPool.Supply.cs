using System.ComponentModel;
using System.Diagnostics;

using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

// Demand and supply, all under the lock. Called from a helper's steps.
internal sealed partial class HelperPool
{
    // Of the unkillable helpers, those that wait for the storage of clips. Each still holds its lease.
    private int _waitingForStorage;
    private readonly StorageBreaker _storage;
    private bool _storageIsTimed;

    // Decodes going on that read storage, those of stuck helpers not counted.
    private int _reading;
    private int _pendingStarts;
    private int _givingBack;
    private bool _serving;
    private bool _retryIsSet;
    private HelperUnavailableException? _startFailure;
    private readonly TaskCompletionSource<ReadyMessage> _greeting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A helper is ready for a decode, for the first time or again.</summary>
    public void Offer(Helper helper)
    {
        if (helper.Decodes == 0)
        {
            _starting--;
            _failedStarts = 0;
            _startFailure = null;
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
    /// A lease has ended, and the next caller in the queue is served, mostly by the same helper. Going on with another helper while a payload is still read was
    /// tried: three helpers that take turns on two cores lose more to cold caches than the wait costs.
    /// </summary>
    public void EndLease()
    {
        _leased--;
        _shared?.Return(this);
        Serve();
    }

    /// <summary>A helper has been given a decode.</summary>
    public void Began(Attempt attempt) => _reading += attempt.ReadsStorage ? 1 : 0;

    /// <summary>A decode has come to something. Where that tells of the storage, others may be dispatched now, or none.</summary>
    /// <param name="attempt">The decode.</param>
    /// <param name="result">What came of it; null where its caller gave up.</param>
    public void Ended(Attempt attempt, AttemptResult? result)
    {
        if (!attempt.ReadsStorage)
        {
            return;
        }

        _reading--;
        bool othersWait = _storage.IsSilent;
        switch (result)
        {
            case AttemptResult.Delivered or AttemptResult.Faulted { IsFinding: true }:
                _storage.Answered();
                break;
            case AttemptResult.Unsettled { WaitedForStorage: true } when _storage.Waited(Stopwatch.GetTimestamp()):
                BreakForStorage("Decodes wait");
                break;
        }

        if (othersWait)
        {
            Serve();
        }
    }

    /// <summary>A helper can no longer decode: another one is started for it.</summary>
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
                gone.Home?.Dispose();
                lock (gone.Pool._gate)
                {
                    gone.Pool._givingBack--;
                    gone.Pool.EndIfEmpty();
                }
            },
            (Pool: this, helper.Process.Memory, helper.Process.Home),
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
            _startFailure = new HelperUnavailableException(
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
                $"{_unkillable} helpers were killed and are stuck in the kernel, as happens when a network mount is dead. "
                + "Check the storage that the clips lie on."));
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
            Watch.Remind(MonotonicTime.After(_options.StorageLimit), () =>
            {
                _storageIsTimed = false;
                if (_waitingForStorage >= _options.Workers)
                {
                    BreakForStorage($"All {_options.Workers} helpers that may decode at a time are stuck in the kernel, where they wait");
                }
            });
        }
    }

    private void BreakForStorage(string what)
    {
        string message = $"{what} for the storage that the clips lie on; it has not answered for {_options.StorageLimit.TotalSeconds:0} s.";
        Break(new HelperUnavailableException(message) { StorageIsSilent = true });
    }

    /// <summary>A helper is slow to start.</summary>
    public void WarnOfSlowStart(Helper helper)
    {
        int pid = helper.Process.Pid;
        LogLater(logger => LogSlowStart(logger, pid, _options.SlowStart.TotalSeconds, _options.StartLimit.TotalSeconds));
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
            while (_leased < _options.Workers && NextToServe() is var (waiter, helper))
            {
                if (_shared is not null && !_shared.TryTake())
                {
                    break;
                }

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

        int lacking = _waiters.TakeWhile(static waiter => waiter.Fresh).Count() - _ready.Count(static helper => helper.Decodes == 0) - _starting;
        while (lacking-- > 0 && _ready.Find(static helper => helper.Decodes > 0) is { } used)
        {
            used.Step(HelperEvent.Retired);
        }
    }

    private bool LacksHelpers => !_disposed && _broken is null && _wanted < _options.Workers + _options.Spares;

    // More starts at a time than there are processors take each other's time, and then all of them are late: 64 helpers at 4 % of a processor never came up.
    private bool MayStart => LacksHelpers && _starting < ProcessorShare.Count;

    // Starts what is missing. While starts fail and other helpers still decode, one after each RetryStartsAfter.
    private void KeepUp()
    {
        while (MayStart)
        {
            if (_startFailure is not null)
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
            Watch.Remind(MonotonicTime.After(_options.RetryStartsAfter), () =>
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
        HelperTemplate? template = _template is { IsAlive: true } ? _template : null;
        if (template is not null)
        {
            template.Post(() => Start(start, () => template.Fork(_launch)));
        }
        else if (_launch.IsProgram)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static work => work.Pool.StartProgram(work.Start), (Pool: this, Start: start), preferLocal: false);
        }
        else
        {
            _spawner.Post(() => Start(start, () => HelperProcess.Start(_launch, _spawner.DevNull)));
        }

        Watch.Remind(MonotonicTime.After(_options.StartLimit), () =>
        {
            if (!start.IsOver)
            {
                EndStart(
                    start,
                    null,
                    $"The start of {_launch.Path} has not come back within {_options.StartLimit.TotalSeconds} s, "
                    + "as happens where it lies on a dead network mount.");
            }
        });
    }

    // Not on the spawner's thread, which is confined more tightly than a program may be.
    private void StartProgram(PendingStart start)
    {
        ProgramHome home;
        try
        {
            home = new ProgramHome(_options.Sandbox);
        }
        catch (Exception error) when (error is IOException or Win32Exception)
        {
            lock (_gate)
            {
                Watch.Post(() => EndStart(start, null, $"A folder for {_launch.Path} cannot be made: {error.Message}"));
            }

            return;
        }

        home.Spawner!.Post(() => Start(start, () =>
        {
            try
            {
                return HelperProcess.Start(_launch, home);
            }
            catch
            {
                home.Dispose();
                throw;
            }
        }));
    }

    // On the spawner's thread. That thread is confined by landlock, and so would be every thread that it starts, as the thread pool may when work is queued
    // to it: so the result of the start is posted to the thread that keeps the clocks.
    private void Start(PendingStart start, Func<HelperProcess> launch)
    {
        HelperProcess? process = null;
        string failure = string.Empty;
        try
        {
            process = launch();
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
            process.Reaped = () => Watch.Post(() => EndReaped(helper));
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

    private void EndReaped(Helper helper)
    {
        if (_all.Contains(helper))
        {
            helper.OnEnded();
        }
    }

    // Everything that a greeting says is in place before the task completes: whoever awaits the first one reads on at once, on another thread.
    private void RecordHandshake(ReadyMessage greeting)
    {
        bool isLooser = greeting.Sandbox < LowestSandbox;
        LowestSandbox = isLooser ? greeting.Sandbox : LowestSandbox;
        if (!_greeting.TrySetResult(greeting) && isLooser)
        {
            LogLater(logger => LogLooserSandbox(logger, greeting.Sandbox));
        }
    }

    // Starts that fail while other helpers decode may be a passing failure. It is final after ten, because second attempts need new helpers, and at once where
    // no helper is left that could decode.
    private void BreakIfHopeless()
    {
        if (_startFailure is not null && (_failedStarts >= MaxFailedRetries || !_all.Any(static helper => helper.IsOfUse)))
        {
            Break(_startFailure);
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
