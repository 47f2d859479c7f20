using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.MisbehavingHelper;

/// <summary>Answers that say a clip was decoded, right ones and such as cannot be.</summary>
internal sealed unsafe class DecodedReplies(HelperConnection connection)
{
    /// <summary>Samples count up from zero, so that a test knows them.</summary>
    public void Deliver(DecodeMessage message, int samples)
    {
        float* output = (float*)(connection.Payload + message.OutputOffset);
        for (int i = 0; i < samples; i++)
        {
            output[i] = i;
        }

        Claim(message, ElementType.Float32, 1, samples);
    }

    /// <summary>Times count up from zero to one before the last.</summary>
    public void DeliverFrames(DecodeMessage message, int[] shape, int times, double? last)
    {
        var clip = new DecodedClip(ElementType.UInt8, shape);
        if (last is { } time)
        {
            double[] all = [.. Enumerable.Range(0, times - 1), time];
            _ = FrameTimesBlock.TryWrite(connection.Payload + message.OutputOffset, clip.PayloadBytes(), message.OutputCapacity, all);
        }

        connection.Send(new ReplyMessage(message.Id) { Clip = clip, FrameTimes = times });
    }

    public void Claim(DecodeMessage message, ElementType element, params int[] shape) =>
        connection.Send(new ReplyMessage(message.Id) { Clip = new DecodedClip(element, shape) { SampleRateHz = 16_000 } });

    /// <summary>One sample. Process ids are exact as floats: the kernel's highest is 2^22.</summary>
    public void Number(DecodeMessage message, int value)
    {
        *(float*)(connection.Payload + message.OutputOffset) = value;
        Claim(message, ElementType.Float32, 1, 1);
    }

    public void Rewrite(DecodeMessage message)
    {
        for (int round = 0; round < 200; round++)
        {
            _ = NativeHangsAndCrashes.Ftruncate(WireProtocol.MemoryDescriptor, 0);
            new Span<byte>(connection.Payload + message.OutputOffset, 4096).Fill((byte)round);
            Thread.Sleep(1);
        }
    }
}
