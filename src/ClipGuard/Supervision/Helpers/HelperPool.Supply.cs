using System.ComponentModel;

using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Helpers;

// Demand and supply, all under the lock. Called from a helper's steps.
internal sealed partial class HelperPool
{
    private int _pendingStarts;
    private readonly TaskCompletionSource<ReadyMessage> _greeting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A helper is ready for a decode, for the first time or again.</summary>
    public void Offer(Helper helper)
    {
        if (helper.Decodes == 0)
        {
            _starting--;
            _failedStarts = 0;
            _greeting.TrySetResult(helper.Greeting!);
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

    /// <summary>A decode has ended and so has its claim on a place.</summary>
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
        KeepUp();
    }

    /// <summary>A helper is gone for good.</summary>
    public void Forget(Helper helper)
    {
        if (_all.Remove(helper) && helper.WasSetAside)
        {
            _setAside--;
        }

        EndIfEmpty();
    }

    /// <summary>A helper did not start, for a reason of its own.</summary>
    public void StartFailed(string reason, bool decoderMissing)
    {
        _failedStarts++;
        LogLater(logger => LogStartFailed(logger, reason));
        if (decoderMissing || _failedStarts >= MaxFailedStarts)
        {
            Break(new HelperUnavailableException(
                decoderMissing ? reason : $"Helpers cannot be started ({_failedStarts} tries in a row failed). {reason}", decoderMissing));
        }
    }

    /// <summary>A killed helper is stuck in the kernel.</summary>
    public void SetAside(Helper helper)
    {
        _setAside++;
        int pid = helper.Process.Pid;
        LogLater(logger => LogSetAside(logger, pid));
        if (_setAside > MaxSetAside)
        {
            Break(new HelperUnavailableException(
                $"{_setAside} helpers were killed and are stuck in the kernel, as happens when a network mount is dead. Check the storage that the clips lie on."));
        }

        EndIfEmpty();
    }

    /// <summary>A helper is slow to start.</summary>
    public void WarnOfSlowStart(Helper helper, TimeSpan after)
    {
        int pid = helper.Process.Pid;
        LogLater(logger => LogSlowStart(logger, pid, after.TotalSeconds, _options.StartLimit.TotalSeconds));
    }

    // Gives ready helpers to those who wait, second tries first. Ordinary decodes take used helpers, so that fresh ones stay for second tries.
    private void Serve()
    {
        LinkedListNode<Waiter>? node = _waiters.First;
        while (node is not null && _leased < _options.Workers && _ready.Count > 0)
        {
            LinkedListNode<Waiter>? next = node.Next;
            int found = node.Value.Fresh ? _ready.FindLastIndex(helper => helper.Decodes == 0) : PreferUsed();
            if (found >= 0)
            {
                Helper helper = _ready[found];
                _ready.RemoveAt(found);
                _waiters.Remove(node);
                _leased++;
                node.Value.Helper = helper;
                helper.Dispatch(node.Value.Attempt);
            }

            node = next;
        }

        MakeRoomForFresh();
    }

    private int PreferUsed()
    {
        int used = _ready.FindLastIndex(helper => helper.Decodes > 0);
        return used >= 0 ? used : _ready.Count - 1;
    }

    // Where a second try waits and every helper has decoded something, a used one makes room for a new one.
    private void MakeRoomForFresh()
    {
        if (_waiters.First is { Value.Fresh: true } && _starting == 0 && _leased < _options.Workers && _ready.Count > 0)
        {
            _ready[0].Step(HelperEvent.Retired);
        }
    }

    // Starts what is missing.
    private void KeepUp()
    {
        while (!_disposed && _broken is null && _wanted < _options.Workers + _options.Spares)
        {
            _wanted++;
            _starting++;
            _pendingStarts++;
            long id = ++_lastId;
            _spawner.Post(() => Start(id));
        }
    }

    // On the spawner's thread.
    private void Start(long id)
    {
        HelperProcess? process = null;
        string failure = string.Empty;
        try
        {
            process = HelperProcess.Start(_launch, _spawner.DevNull);
        }
        catch (Win32Exception error)
        {
            failure = error.Message;
        }

        lock (_gate)
        {
            _pendingStarts--;
            if (process is not null)
            {
                var helper = new Helper(id, process, this, _options);
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
        if (_disposed && _pendingStarts == 0 && _all.Count == _setAside)
        {
            _empty.TrySetResult();
        }
    }
}
