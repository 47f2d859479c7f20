using System.Buffers.Binary;

using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.MisbehavingHelper;

/// <summary>Ways to decode the known clip that is asked for after a fault, a WAV of 16-bit samples in two channels.</summary>
internal sealed unsafe class MisbehavingReuseCheck(HelperConnection connection)
{
    private const int HeaderBytes = 44;
    private const int Channels = 2;
    private const int KeptBytes = 60 << 20;

    // Never given back.
    private static byte[]? _kept;

    public void Play(DecodeMessage message, string how)
    {
        switch (how)
        {
            case "sound" or "filled":
                Deliver(message);
                break;
            case "wrong":
                Deliver(message, off: 1);
                break;
            case "says-nothing":
                // The answer to the last one still lies there, if it was not cleared.
                Claim(message, Frames(message));
                break;
            case "short":
                Claim(message, Frames(message) - 1);
                break;
            case "refuses":
                connection.Send(new ReplyMessage(message.Id) { Fault = new DecoderFault(FaultKind.Unsupported, DecodeStage.Open, "no WAV") });
                break;
            case "keeps":
                _kept ??= GC.AllocateUninitializedArray<byte>(KeptBytes);
                Array.Fill(_kept, (byte)1);
                Deliver(message);
                break;
            case "hangs":
                NativeHangsAndCrashes.Block();
                break;
            case "hangs-up":
                _ = NativeHangsAndCrashes.Close(WireProtocol.SocketDescriptor);
                NativeHangsAndCrashes.Block();
                break;
            case "aborts":
                NativeHangsAndCrashes.Abort();
                break;
            case "throws":
                connection.Send(FailedMessage.Of(message.Id, new InvalidOperationException("scripted")));
                break;
            case "is-ready":
                connection.Send(new ReadyMessage(WireProtocol.Version, "again", "again", SandboxLevel.Off));
                break;
            default:
                connection.SendBytes("nonsense"u8);
                break;
        }
    }

    private static int Frames(DecodeMessage message) => (int)(message.InputLength - HeaderBytes) / (sizeof(short) * Channels);

    private void Deliver(DecodeMessage message, int off = 0)
    {
        int frames = Frames(message);
        float* output = (float*)(connection.Payload + message.OutputOffset);
        var samples = new ReadOnlySpan<byte>(connection.Payload + HeaderBytes, frames * Channels * sizeof(short));
        for (int i = 0; i < frames * Channels; i++)
        {
            int place = ((i % Channels) * frames) + (i / Channels);
            output[place] = (BinaryPrimitives.ReadInt16LittleEndian(samples[(i * sizeof(short))..]) + (i == frames ? off : 0)) / 32768f;
        }

        Claim(message, frames);
    }

    private void Claim(DecodeMessage message, int frames) =>
        connection.Send(new ReplyMessage(message.Id) { Clip = new DecodedClip(ElementType.Float32, [Channels, frames]) { SampleRateHz = 8000 } });
}
