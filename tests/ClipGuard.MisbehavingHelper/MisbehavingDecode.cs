using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.MisbehavingHelper;

/// <summary>
/// Ways to decode. The clip's name says which: <c>/scripts/hang</c>, <c>/scripts/ok:16000</c>; of a clip that travels in memory, its bytes do: <c>ok:16000</c>.
/// </summary>
internal sealed unsafe class MisbehavingDecode(HelperConnection connection)
{
    private readonly DecodedReplies _answers = new(connection);
    private int _decodes;

    // How the known clip is decoded that is asked for after a fault; null before there was one.
    private string? _afterFault;

    public void Play(DecodeMessage message)
    {
        if (message.Id == 0)
        {
            new MisbehavingReuseCheck(connection).Play(message, _afterFault!);
            return;
        }

        _decodes++;
        string name = message.Request.Source is FileSource file
            ? Path.GetFileName(file.Path)
            : Encoding.UTF8.GetString(connection.Payload, checked((int)message.InputLength));
        string[] words = name.Split(':');
        int number = words.Length > 1 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : 0;
        switch (words[0])
        {
            case "ok":
                _answers.Deliver(message, number);
                break;
            case "sleep":
                Thread.Sleep(number);
                _answers.Deliver(message, 1);
                break;
            case "fault":
                connection.Send(new ReplyMessage(message.Id)
                {
                    Fault = new DecoderFault(Enum.Parse<FaultKind>(words[1]), DecodeStage.Decode, "scripted")
                    {
                        Storage = words.Length > 2 ? Enum.Parse<StorageError>(words[2]) : null,
                    },
                });
                break;
            case "finds":
                Find(message, Enum.Parse<FaultKind>(words[1]), words[2]);
                break;
            case "finds-once-used":
                if (_afterFault is null)
                {
                    _answers.Deliver(message, 1);
                    break;
                }

                Find(message, FaultKind.Corrupt, "sound");
                break;
            case "throws":
                connection.Send(FailedMessage.Of(message.Id, new InvalidOperationException("scripted, with a line\nand another")));
                break;
            case "throws-elsewhere":
                connection.Send(FailedMessage.Of(message.Id + 1, new InvalidOperationException("scripted")));
                break;
            case "once-used-throws":
                ThrowIf(_decodes > 1, message);
                break;
            case "hang":
                connection.Marks.Enter(DecodeStage.Decode);
                connection.Marks.Log("about to hang");
                NativeHangsAndCrashes.Block();
                break;
            case "spin":
                connection.Marks.Enter(DecodeStage.Convert);
                NativeHangsAndCrashes.Spin();
                break;
            case "spins-in-a-thread":
                connection.Marks.Enter(DecodeStage.Decode);
                new Thread(NativeHangsAndCrashes.Spin) { IsBackground = true }.Start();
                NativeHangsAndCrashes.Block();
                break;
            case "waits-for-bytes":
                connection.Marks.BeginBytesWait();
                NativeHangsAndCrashes.Block();
                break;
            case "spins-and-says-it-waits":
                connection.Marks.BeginBytesWait();
                NativeHangsAndCrashes.Spin();
                break;
            case "stop":
                _ = NativeHangsAndCrashes.Raise(19);
                break;
            case "heartbeat":
                Beat(progress: false);
                break;
            case "endless":
                Beat(progress: true);
                break;
            case "segv":
                NativeHangsAndCrashes.Segfault();
                break;
            case "abort":
                NativeHangsAndCrashes.Abort();
                break;
            case "exit":
                NativeHangsAndCrashes.Exit(number);
                break;
            case "killed":
                _ = NativeHangsAndCrashes.Raise(9);
                break;
            case "half-reply":
                connection.SendBytes("{\"type\":\"reply\",\"id\":"u8);
                NativeHangsAndCrashes.Block();
                break;
            case "other-reply":
                _answers.Deliver(message with { Id = message.Id + 1 }, 1);
                NativeHangsAndCrashes.Block();
                break;
            case "twice":
                _answers.Deliver(message, 1);
                _answers.Deliver(message, 1);
                break;
            case "too-large":
                _answers.Claim(message, ElementType.Float32, 1, int.MaxValue);
                break;
            case "overflow":
                _answers.Claim(message, ElementType.Float32, int.MaxValue, int.MaxValue);
                break;
            case "negative":
                _answers.Claim(message, ElementType.Float32, -1, 4);
                break;
            case "wrong-type":
                _answers.Claim(message, ElementType.UInt8, 1, 4);
                break;
            case "neither":
                connection.Send(new ReplyMessage(message.Id));
                break;
            case "says-it-crashed":
                connection.Send(new ReplyMessage(message.Id) { Fault = new DecoderFault(FaultKind.Crashed, DecodeStage.Decode, "not mine to say") });
                break;
            case "huge-message":
                connection.SendBytes(new byte[160 * 1024]);
                NativeHangsAndCrashes.Block();
                break;
            case "stderr":
                Flood((long)number << 20);
                _answers.Deliver(message, 1);
                break;
            case "stderr-endless":
                Flood(long.MaxValue);
                break;
            case "hangs-up":
                _ = NativeHangsAndCrashes.Close(WireProtocol.SocketDescriptor);
                NativeHangsAndCrashes.Block();
                break;
            case "grandchild":
                Process.Start("/bin/sleep", words[1]);
                NativeHangsAndCrashes.Exit(0);
                break;
            case "daemon":
                Process.Start("/usr/bin/setsid", ["/bin/sleep", words[1]]);
                NativeHangsAndCrashes.Block();
                break;
            case "late":
                BeatFor(TimeSpan.FromMilliseconds(number));
                _answers.Deliver(message, 1);
                break;
            case "counts-below-zero":
                connection.Send(new ReplyMessage(message.Id)
                {
                    Clip = new DecodedClip(ElementType.Float32, [1, 1]) { SampleRateHz = 16_000, Damage = new DamageReport { MissingSampleCount = -1 } },
                });
                break;
            case "times-of-nothing":
                connection.Send(new ReplyMessage(message.Id) { Clip = new DecodedClip(ElementType.Float32, [1, 1]), FrameTimes = 2 });
                break;
            case "frames":
                _answers.DeliverFrames(message, shape: [number, 1, 1, 1], times: number, double.Parse(words[2], CultureInfo.InvariantCulture));
                break;
            case "too-many-times":
                _answers.DeliverFrames(message, shape: [int.MaxValue, 0, 1, 1], times: int.MaxValue, last: null);
                break;
            case "times-beyond-the-memory":
                _answers.DeliverFrames(message, shape: [number, (int)(message.OutputCapacity / number), 1, 1], times: number, last: null);
                break;
            case "says-then-ok":
                Console.Error.WriteLine("out of memory, says an earlier clip");
                _answers.Deliver(message, 1);
                break;
            case "lingers":
                _answers.Deliver(message, 1);
                NativeHangsAndCrashes.Block();
                break;
            case "rewrites":
                _answers.Deliver(message, 1024);
                _answers.Rewrite(message);
                break;
            case "allocates":
                NativeHangsAndCrashes.Allocate(connection.Marks);
                break;
            case "holds":
                _ = NativeHangsAndCrashes.Hold(number);
                NativeHangsAndCrashes.Block();
                break;
            case "holds-in-small-pages":
                _ = NativeHangsAndCrashes.Hold(number, NativeHangsAndCrashes.RefuseHugePages);
                NativeHangsAndCrashes.Block();
                break;
            case "shares":
                NativeHangsAndCrashes.Share((nuint)number << 20);
                NativeHangsAndCrashes.Block();
                break;
            case "keeps":
                _ = NativeHangsAndCrashes.Hold(number);
                _answers.Number(message, Environment.ProcessId);
                break;
            case "borrows":
                NativeMemory.AlignedFree(NativeHangsAndCrashes.Hold(number));
                _answers.Number(message, Environment.ProcessId);
                break;
            case "burns":
                NativeHangsAndCrashes.Burn(TimeSpan.FromMilliseconds(number));
                _answers.Number(message, Environment.ProcessId);
                break;
            case "pid":
                _answers.Number(message, Environment.ProcessId);
                break;
            case "once-used-aborts":
                AbortIf(_decodes > 1, message);
                break;
            case "threads-abort":
                AbortIf(message.Request.DecoderThreads > 1, message);
                break;
            case "inside":
                SandboxEscapeAttempts.Try(words[1].Split('+'), connection, message);
                break;
            default:
                throw new ArgumentException($"There is no decode called {words[0]}.");
        }
    }

    private void Find(DecodeMessage message, FaultKind kind, string afterFault)
    {
        _afterFault = afterFault;
        if (afterFault is "early-says-the-helper")
        {
            connection.Marks.AddPacket();
        }

        if (afterFault is "filled")
        {
            new Span<byte>(connection.Payload + message.OutputOffset, 40 << 20).Fill(1);
        }

        connection.Send(new ReplyMessage(message.Id)
        {
            Fault = new DecoderFault(kind, DecodeStage.Decode, "scripted") { BeforeDecoding = afterFault.StartsWith("early", StringComparison.Ordinal) },
        });
    }

    private void ThrowIf(bool so, DecodeMessage message)
    {
        if (so)
        {
            connection.Send(FailedMessage.Of(message.Id, new InvalidOperationException("scripted")));
            return;
        }

        _answers.Deliver(message, 1);
    }

    private void AbortIf(bool so, DecodeMessage message)
    {
        if (so)
        {
            NativeHangsAndCrashes.Abort();
        }

        _answers.Deliver(message, 1);
    }

    private void Beat(bool progress)
    {
        if (progress)
        {
            BeatFor(TimeSpan.MaxValue);
        }

        while (true)
        {
            connection.Marks.Enter(DecodeStage.Decode);
            Thread.Sleep(5);
        }
    }

    private void BeatFor(TimeSpan time)
    {
        connection.Marks.Enter(DecodeStage.Decode);
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            Thread.Sleep(5);
            connection.Marks.AddFrame();
        }
    }

    private void Flood(long bytes)
    {
        byte[] noise = new byte[1 << 20];
        Array.Fill(noise, (byte)'x');
        fixed (byte* start = noise)
        {
            for (long written = 0; written < bytes;)
            {
                connection.Marks.AddPacket();
                written += Math.Max(0, NativeHangsAndCrashes.Write(2, start, (nuint)noise.Length));
            }
        }
    }
}
