using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

// How many helpers there are, all under the lock. Called from a helper's steps.
internal sealed partial class HelperPool
{
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
        RetireSurplus();
    }

    /// <summary>A helper can no longer decode: another one is started for it.</summary>
    public void Lost(Helper helper)
    {
        _wanted--;
        _sparesAreDue = true;
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

    /// <summary>A helper is slow to start.</summary>
    public void WarnOfSlowStart(Helper helper)
    {
        int pid = helper.Process.Pid;
        LogLater(logger => LogSlowStart(logger, pid, _options.SlowStart.TotalSeconds, _options.StartLimit.TotalSeconds));
    }

    // While somebody waits for a helper, there are as many beside those of the workers as decodes wait, as far as there is memory.
    private bool LacksHelpers => !_disposed && _broken is null
        && (_wanted < HelpersKept || (_waiters.Count > 0 && _wanted < HelpersKept + Math.Min(_waiting, _places.MostBeside) && _places.HasRoom()));

    private int HelpersKept => _options.Workers + (_sparesAreDue ? _options.Spares : 0);

    private void KeepSpares()
    {
        _sparesAreDue = true;
        KeepUp();
    }

    // Helpers that were started beside decodes that waited stay warm for the next ones that do, but not where memory is short.
    private void RetireSurplus()
    {
        while (_wanted > HelpersKept && _ready.Find(static helper => helper.Decodes > 0) is { } used && !_places.HasRoom())
        {
            used.Step(HelperEvent.Retired);
        }
    }

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
}
