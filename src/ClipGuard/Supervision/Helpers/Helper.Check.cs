using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

// After a fault: whether the helper stays in use. A failed decode can leave the decoder in a state that spoils the next clip, or memory behind.
internal sealed unsafe partial class Helper
{
    // What it decoded last, and what it is being checked with; null before the check was sent.
    private ClipSpec? _spec;
    private KnownClip? _known;
    private long _privateBytesWhenReady;

    /// <summary>True once a decoder of its has found a fault in a clip.</summary>
    public bool HasFoundFault { get; private set; }

    /// <summary>What a believable answer is: whether the helper goes on after it, and how. Its own fault, if any, has been made of it before.</summary>
    private HelperEvent EventOf(ReplyMessage reply, Attempt attempt)
    {
        _spec = attempt.Request.Spec;
        if (IsSingleUse)
        {
            return HelperEvent.RepliedLast;
        }

        if (reply.Fault is not { } fault)
        {
            return HelperEvent.Replied;
        }

        // The marks are the helper's own word too, but it cannot move them back.
        bool isUntouched = fault.BeforeDecoding && _measurement.Progress is { Packets: 0, Frames: 0 } && attempt.InputLength <= DecodeMemory.KeptBytes;
        bool mayStay = _pool.Reuse.IsAllowed && _ending is AttemptResult.Faulted { Fault.Kind: var kind } && FaultKinds.Of(kind).MayKeepHelper && !IsWorn();
        return !mayStay ? HelperEvent.Replied
            : isUntouched ? HelperEvent.FoundBeforeDecoding
            : Greeting!.KnownClips ? HelperEvent.FoundWhileDecoding
            : HelperEvent.Replied;
    }

    private void BeginCheck()
    {
        HasFoundFault = true;
        _known = null;
        if (Process.Memory.AllocatedBytes > DecodeMemory.KeptBytes + MarksPage.Size)
        {
            _pool.TrimAndCheck(this);
        }
        else
        {
            SendCheck();
        }
    }

    /// <summary>Asks for a known clip, if the helper is still there.</summary>
    public void SendCheck()
    {
        if (State != HelperState.Checking)
        {
            return;
        }

        _known = _pool.KnownClips.For(_spec!);
        if (_known.Attempt.Complaint is not null)
        {
            Step(HelperEvent.Retired);
            return;
        }

        _known.Place(Process.Memory.Payload);
        _measurement.Begin(Stopwatch.GetTimestamp());
        if (MessageSocket.Send(Process.Socket, _known.Attempt.Message) is not null)
        {
            Step(HelperEvent.ProtocolError);
        }
    }

    private void OnCheckReply(ReplyMessage reply)
    {
        if (_known is null || ReplyCheck.Find(reply, _known.Attempt) is not null)
        {
            Step(HelperEvent.ProtocolError);
        }
        else if (WhyUnsound(_known, reply) is { } reason)
        {
            _pool.Reuse.NotKept();
            _pool.Log.NotKept(Process.Pid, reason);
            Step(HelperEvent.Retired);
        }
        else if (!_pool.Reuse.IsAllowed)
        {
            Step(HelperEvent.Retired);
        }
        else
        {
            _pool.Reuse.Kept();
            _use.ForgetPeak();
            Step(HelperEvent.CheckPassed);
        }
    }

    private string? WhyUnsound(KnownClip known, ReplyMessage reply)
    {
        if (known.FindWrong(reply, Process.Memory.Payload) is { } wrong)
        {
            return wrong;
        }

        long grown = _use.PrivateBytes() - _privateBytesWhenReady;
        return grown <= _options.ReuseGrowthBytes ? null : $"held {grown} bytes more than when it was ready, where {_options.ReuseGrowthBytes} are allowed";
    }
}
