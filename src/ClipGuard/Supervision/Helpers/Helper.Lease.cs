using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

// A lease: the decode that it is given, its answer, and whether it is used again afterwards.
internal sealed partial class Helper
{
    /// <summary>Gives it a decode, whose input it has. Both clocks start here.</summary>
    public void Dispatch(Attempt attempt)
    {
        Decodes++;
        long now = Stopwatch.GetTimestamp();
        _clocks.Dispatch(attempt.TimeLimits, now);
        _decode.Begin(attempt, now, _clocks.DecodeTick);
        _pool.Leases.Began(attempt);
        Step(HelperEvent.Leased);
        if (_decode.Send() is { } reason)
        {
            // The helper died while it was idle, and its end has not been noticed yet: the clip was not touched, and the lease ends.
            _decode.Drop();
            var failure = new AttemptResult.InfrastructureFailure($"The request could not be sent to the helper: {reason}");
            _pool.Leases.Ended(attempt, failure);
            attempt.Conclude(failure);
            Step(HelperEvent.Cancelled);
            _pool.Leases.End();
        }
    }

    /// <summary>The payload of a delivered clip has been read: the helper is used again if it is still good.</summary>
    public void Release()
    {
        bool alive = State == HelperState.Delivered;
        bool isWanted = alive && !IsWorn() && (!HasFoundFault || _pool.Reuse.IsAllowed);
        if (isWanted)
        {
            _use.ForgetPeak();
        }

        Step(alive && !isWanted ? HelperEvent.Retired : HelperEvent.Released);
    }

    /// <summary>The caller of this attempt gave up.</summary>
    public void Cancel(Attempt attempt)
    {
        if (_decode.Attempt == attempt)
        {
            CancelAny();
        }
    }

    /// <summary>The supervisor is being disposed: ends it, whatever it does.</summary>
    public void CancelAny()
    {
        _decode.Cancel();
        Step(HelperEvent.Cancelled);
    }

    /// <summary>Asks for a known clip, if the helper is still there.</summary>
    public void SendCheck()
    {
        if (State == HelperState.Checking && _check.Send(_decode.Spec!) is { } happened)
        {
            Step(happened);
        }
    }

    private void Conclude(ProcessExit exit)
    {
        if (_decode.Attempt is not { } attempt)
        {
            return;
        }

        AttemptResult? result = _decode.End(delivers: State == HelperState.Delivered || exit.IsClean, exit);

        // A helper that the kernel holds while it waits for storage keeps its lease: another one beside it would only be stuck there too.
        bool isDelivered = result is AttemptResult.Delivered;
        KeepsItsLease = !isDelivered && State == HelperState.Unkillable && _decode.WaitedForStorage;

        // The next decode is dispatched before this caller is woken: waking it may take the processor from this thread. The lease of a delivered clip ends
        // when it has been read, and that of a helper that stays ready once it is offered.
        _pool.Leases.Ended(attempt, result);
        if (!isDelivered && !KeepsItsLease && State != HelperState.Ready)
        {
            _pool.Leases.End();
        }

        if (result is null)
        {
            attempt.Cancel();
        }
        else
        {
            attempt.Conclude(result);
        }
    }

    private void OnReply(ReplyMessage reply)
    {
        _decode.Answer(reply, HasFoundFault);
        HelperEvent happened = EventOf(reply);
        Step(happened);
        if (happened == HelperEvent.FoundBeforeDecoding)
        {
            // Only now, so that the next clip may have the same helper, which is warm.
            _pool.Reuse.Kept();
            _pool.Leases.End();
        }
        else if (State == HelperState.Delivered && reply.Fault is not null)
        {
            Step(HelperEvent.Retired);
        }
    }

    // What a believable answer is: whether the helper goes on after it, and how.
    private HelperEvent EventOf(ReplyMessage reply)
    {
        if (_options.Isolation == IsolationMode.FreshPerDecode)
        {
            return HelperEvent.RepliedLast;
        }

        bool mayStay = reply.Fault is not null && _pool.Reuse.IsAllowed
            && _decode.Ending is AttemptResult.Faulted { Fault.Kind: var kind } && FaultKinds.Of(kind).MayKeepHelper && !IsWorn();
        return !mayStay ? HelperEvent.Replied
            : _check.IsNeedless(reply.Fault!, _decode.Attempt!) ? HelperEvent.FoundBeforeDecoding
            : Greeting!.KnownClips ? HelperEvent.FoundWhileDecoding
            : HelperEvent.Replied;
    }

    private bool IsWorn() => Decodes >= _options.RecycleAfter || _use.ResidentBytes() > _options.RecycleAboveBytes;

    private void BeginCheck()
    {
        HasFoundFault = true;
        _check.Begin();
        if (_check.NeedsTrim)
        {
            _pool.TrimAndCheck(this);
        }
        else
        {
            SendCheck();
        }
    }
}
