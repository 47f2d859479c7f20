using ClipGuard.Media;
using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;

namespace ClipGuard.Helper;

/// <summary>Takes requests and answers them, one at a time, until the supervisor closes its end.</summary>
internal sealed unsafe class DecodeLoop(HelperConnection connection, IClipDecoder decoder)
{
    public void Run()
    {
        while (connection.Receive() is { } message)
        {
            HelperMessage answer = AnswerOrBug(message);
            connection.Marks.End();
            if (message.Request.Source is DescriptorSource clip)
            {
                _ = Libc.Close(clip.Descriptor);
            }

            connection.Send(answer);
        }
    }

    // An exception here is a bug of the decoder's. Unhandled it would end this process, and look as if the clip had crashed it.
    private HelperMessage AnswerOrBug(DecodeMessage message)
    {
        try
        {
            return Answer(message);
        }
#pragma warning disable CA1031 // Whatever it is, it is told with its stack, and the supervisor ends this process.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            return FailedMessage.Of(message.Id, bug);
        }
    }

    private ReplyMessage Answer(DecodeMessage message)
    {
        DecodeRequest request = message.Request;
        if (request.Source is MemorySource)
        {
            // The clip's bytes lie at the payload's start; the result goes behind them.
            var encoded = new ReadOnlySpan<byte>(connection.Payload, checked((int)message.InputLength));
            request = request with { Source = new MemorySource(encoded.ToArray()) };
        }

        var payload = new PayloadBuffer(connection.Payload + message.OutputOffset, message.OutputCapacity);
        var context = new DecodeContext(payload, connection.Marks, TimeSpan.FromMilliseconds(message.TimeLeftMilliseconds));
        DecodeAnswer answer = decoder.Decode(request, context);
        if (answer.Clip is not { FrameTimesSeconds: { Count: > 0 } times } clip)
        {
            return new ReplyMessage(message.Id) { Clip = answer.Clip, Fault = answer.Fault };
        }

        return FrameTimesBlock.TryWrite(payload.Start, clip.PayloadBytes(), payload.Capacity, times)
            ? new ReplyMessage(message.Id) { Clip = clip, FrameTimes = times.Count }
            : new ReplyMessage(message.Id)
            {
                Fault = new DecoderFault(
                    FaultKind.LimitExceeded,
                    DecodeStage.Convert,
                    $"The clip's {clip.PayloadBytes()} bytes and the times of its {times.Count} frames are over the limit of {payload.Capacity} bytes."),
            };
    }
}
