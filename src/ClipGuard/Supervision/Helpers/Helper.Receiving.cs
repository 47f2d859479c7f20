using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

// What a helper says. Nothing of it is believed before it is checked.
internal sealed unsafe partial class Helper
{
    private const string WasNotAboutThisClip = "answered an earlier request a second time";

    private bool _saidDecoderMissing;

    /// <summary>Takes one message from the socket.</summary>
    /// <returns>False where there was none.</returns>
    public bool OnReadable()
    {
        Received received = MessageSocket.Receive(Process.Socket, _pool.Watch.MessageBuffer);
        switch (received.Kind)
        {
            case ReceivedKind.Message:
                OnMessage(received.Message!);
                return true;
            case ReceivedKind.Unreadable:
                Step(HelperEvent.ProtocolError, received.Complaint);
                return true;
            case ReceivedKind.HungUp:
                _pool.Watch.IgnoreSocket(this);
                Step(HelperEvent.HungUp);
                return false;
            default:
                return false;
        }
    }

    private void OnMessage(HelperMessage message)
    {
        switch (message)
        {
            case ReadyMessage ready when MessageCheck.FindOfDecoder(ready) is { } complaint:
                Step(HelperEvent.ProtocolError, complaint);
                break;
            case ReadyMessage ready:
                Greeting ??= ready;
                _privateBytesWhenReady = _use.PrivateBytes();
                Step(HelperEvent.SaidReady, "said a second time that it is ready");
                break;
            case UnreadyMessage unready:
                _saidDecoderMissing = unready.Reason == UnreadyReason.DecoderMissing;
                Step(HelperEvent.ProtocolError, unready.Message);
                break;
            case ReplyMessage reply:
                OnReply(reply);
                break;
            case FailedMessage failed:
                OnFailed(failed);
                break;
            default:
                Step(HelperEvent.ProtocolError, $"sent a {message.GetType().Name}, which no helper that decodes has to send");
                break;
        }
    }

    private void OnReply(ReplyMessage reply)
    {
        if (State == HelperState.Checking)
        {
            OnCheckReply(reply);
        }
        else if (_attempt is null)
        {
            Step(HelperEvent.Replied, "answered without having been asked");
        }
        else if (reply.Id < _attempt.Id)
        {
            // The helper has repeated its answer to an earlier clip: a fault of the helper's that is no evidence against the clip it has now.
            Step(HelperEvent.ProtocolError, WasNotAboutThisClip);
        }
        else if (ReplyCheck.Find(reply, _attempt) is { } complaint)
        {
            Step(HelperEvent.ProtocolError, complaint);
        }
        else if (TakeTimes(reply, _attempt) is not { } taken)
        {
            Step(HelperEvent.ProtocolError, "gave a frame a time that is no number");
        }
        else
        {
            _reply = taken;

            // Measured while the process lives: one that is used once exits right after its reply.
            _ending = reply.Fault is { } found ? Finding(found) : null;
            HelperEvent happened = EventOf(reply, _attempt);
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
    }

    private void OnFailed(FailedMessage failed)
    {
        if (failed.Id == _attempt?.Id && failed is { Message: not null, Stack: not null })
        {
            _bug = new AttemptResult.DecoderBug(failed.Message, failed.Stack);
        }

        Step(HelperEvent.ProtocolError, "told of a bug in a decode that it does not have");
    }

    // Copied before they are looked at: the helper can still write there.
    private ReplyMessage? TakeTimes(ReplyMessage reply, Attempt attempt)
    {
        if (reply.Clip is not { } clip || reply.FrameTimes == 0)
        {
            return reply;
        }

        double[] times = FrameTimesBlock.Read(Process.Memory.Payload + attempt.OutputOffset, clip.PayloadBytes(), reply.FrameTimes);
        return Array.TrueForAll(times, double.IsFinite) ? reply with { Clip = clip with { FrameTimesSeconds = times } } : null;
    }
}
