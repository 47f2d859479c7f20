using System.Runtime.InteropServices;
using System.Text.Json;

using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;

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
        Span<byte> buffer = _pool.Watch.MessageBuffer;
        nint length;
        fixed (byte* start = buffer)
        {
            length = Libc.Recv(Process.Socket, start, (nuint)buffer.Length, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC);
        }

        if (length < 0 && Marshal.GetLastPInvokeError() is Libc.EAGAIN or Libc.EINTR)
        {
            return false;
        }

        if (length <= 0)
        {
            _pool.Watch.IgnoreSocket(this);
            Step(HelperEvent.HungUp);
            return false;
        }

        if (length > buffer.Length)
        {
            Step(HelperEvent.ProtocolError, $"sent a message of {length} bytes where {buffer.Length} are allowed");
            return false;
        }

        OnMessage(buffer[..(int)length]);
        return true;
    }

    private void OnMessage(ReadOnlySpan<byte> json)
    {
        HelperMessage? message;
        try
        {
            message = JsonSerializer.Deserialize(json, WireJson.Default.HelperMessage);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            Step(HelperEvent.ProtocolError, $"sent {json.Length} bytes that are no message: {error.Message}");
            return;
        }

        switch (message)
        {
            case ReadyMessage { Protocol: not WireProtocol.Version } ready:
                Step(HelperEvent.ProtocolError, $"speaks version {ready.Protocol} of the helper protocol, and version {WireProtocol.Version} is spoken here");
                break;
            case ReadyMessage { Helper: null } or ReadyMessage { Decoder: null }:
                Step(HelperEvent.ProtocolError, "did not say what it is when it was ready");
                break;
            case ReadyMessage ready when !Enum.IsDefined(ready.Sandbox):
                Step(HelperEvent.ProtocolError, $"named the sandbox level {(int)ready.Sandbox}, which there is not");
                break;
            case ReadyMessage ready:
                Greeting ??= ready;
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
                Step(HelperEvent.ProtocolError, "sent an empty message");
                break;
        }
    }

    private void OnReply(ReplyMessage reply)
    {
        if (_attempt is null)
        {
            Step(HelperEvent.Replied, "answered without having been asked");
        }
        else if (reply.Id < _attempt.Id)
        {
            // A second answer to an earlier clip says nothing of this one.
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

            // Looked at before the process of a single decode goes.
            _ending = reply.Fault is { } found ? Finding(found) : null;
            Step(IsSingleUse ? HelperEvent.RepliedLast : HelperEvent.Replied);
            if (State == HelperState.Delivered && reply.Fault is not null)
            {
                // A failed decode can leave the decoder in a state that spoils the next clip: a helper that has seen any fault is not used again.
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
