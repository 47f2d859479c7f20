using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// What a helper says, and what that means to it: takes messages from its socket one by one. Nothing is believed before it is checked. Under the pool's lock.
/// </summary>
/// <param name="process">The helper's process.</param>
internal sealed unsafe class HelperInbox(HelperProcess process)
{
    /// <summary>What it said of itself when it was ready; null before.</summary>
    public ReadyMessage? Greeting { get; private set; }

    /// <summary>True once it has said that it cannot start because there is no decoder.</summary>
    public bool SaidDecoderMissing { get; private set; }

    /// <summary>A bug of its own that it has told of in the decode that it had; after that it has no other.</summary>
    public AttemptResult.DecoderBug? Bug { get; private set; }

    /// <summary>Takes one message.</summary>
    /// <param name="buffer">Where it is received.</param>
    /// <param name="attempt">The decode that the helper has; null where it has none.</param>
    /// <param name="isChecked">True while it decodes a known clip: what it replies is for its check to judge.</param>
    /// <returns>Null where there was none.</returns>
    public HeardMessage? Receive(Span<byte> buffer, Attempt? attempt, bool isChecked)
    {
        Received received = MessageSocket.Receive(process.Socket, buffer);
        return received.Kind switch
        {
            ReceivedKind.Message => Hear(received.Message!, attempt, isChecked),
            ReceivedKind.Unreadable => new HeardMessage(HelperEvent.ProtocolError, received.Complaint),
            ReceivedKind.HungUp => new HeardMessage(HelperEvent.HungUp),
            _ => null,
        };
    }

    private HeardMessage Hear(HelperMessage message, Attempt? attempt, bool isChecked)
    {
        switch (message)
        {
            case ReadyMessage ready when MessageCheck.FindOfDecoder(ready) is { } complaint:
                return new HeardMessage(HelperEvent.ProtocolError, complaint);
            case ReadyMessage ready:
                Greeting ??= ready;
                return new HeardMessage(HelperEvent.SaidReady, "said a second time that it is ready");
            case UnreadyMessage unready:
                SaidDecoderMissing = unready.Reason == UnreadyReason.DecoderMissing;
                return new HeardMessage(HelperEvent.ProtocolError, unready.Message);
            case ReplyMessage reply when isChecked:
                return new HeardMessage(HelperEvent.Replied, Reply: reply);
            case ReplyMessage reply:
                return Hear(reply, attempt);
            case FailedMessage failed:
                if (failed.Id == attempt?.Id && failed is { Message: not null, Stack: not null })
                {
                    Bug = new AttemptResult.DecoderBug(failed.Message, failed.Stack);
                }

                return new HeardMessage(HelperEvent.ProtocolError, "told of a bug in a decode that it does not have");
            default:
                return new HeardMessage(HelperEvent.ProtocolError, $"sent a {message.GetType().Name}, which no helper that decodes has to send");
        }
    }

    private HeardMessage Hear(ReplyMessage reply, Attempt? attempt)
    {
        if (attempt is null)
        {
            return new HeardMessage(HelperEvent.Replied, "answered without having been asked");
        }

        if (reply.Id < attempt.Id)
        {
            // The helper has repeated its answer to an earlier clip: a fault of the helper's that is no evidence against the clip it has now.
            return new HeardMessage(HelperEvent.ProtocolError, FailureDiagnosis.WasNotAboutThisClip);
        }

        return ReplyCheck.Find(reply, attempt) is { } complaint ? new HeardMessage(HelperEvent.ProtocolError, complaint)
            : TakeTimes(reply, attempt) is { } taken ? new HeardMessage(HelperEvent.Replied, Reply: taken)
            : new HeardMessage(HelperEvent.ProtocolError, "gave a frame a time that is no number");
    }

    // Copied before they are looked at: the helper can still write there.
    private ReplyMessage? TakeTimes(ReplyMessage reply, Attempt attempt)
    {
        if (reply.Clip is not { } clip || reply.FrameTimes == 0)
        {
            return reply;
        }

        double[] times = FrameTimesBlock.Read(process.Memory.Payload + attempt.OutputOffset, clip.PayloadBytes(), reply.FrameTimes);
        return Array.TrueForAll(times, double.IsFinite) ? reply with { Clip = clip with { FrameTimesSeconds = times } } : null;
    }
}

/// <summary>What one message means to the helper that sent it.</summary>
/// <param name="Event">What it does to its life, unless it is a reply that is looked at further.</param>
/// <param name="Detail">What exactly was said, or was wrong with it, for the report.</param>
/// <param name="Reply">A reply to what it was asked; of a helper that is checked it is not believed yet.</param>
internal readonly record struct HeardMessage(HelperEvent Event, string? Detail = null, ReplyMessage? Reply = null);
