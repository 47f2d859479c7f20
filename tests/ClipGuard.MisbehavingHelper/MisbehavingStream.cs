using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Media.Libav.Streams;
using ClipGuard.Media.Streams;
using ClipGuard.Media.Wire;

namespace ClipGuard.MisbehavingHelper;

/// <summary>Ways to write a stream of grey frames. The clip's name says which: <c>/scripts/ok:25</c>.</summary>
internal sealed unsafe class MisbehavingStream(HelperConnection connection)
{
    private const int Width = 320;
    private const int Height = 240;

    private string[] _words = [];
    private StreamSink? _sink;
    private OpenStreamCommand? _open;

    private int Number => _words.Length > 1 ? int.Parse(_words[1], CultureInfo.InvariantCulture) : 0;

    public void Play()
    {
        while (connection.Receive(SupervisorMessageReader.Stream) is { } order)
        {
            switch (order)
            {
                case OpenStreamCommand open:
                    _words = Path.GetFileName(((FileSource)open.Source).Path).Split(':');
                    _open = open;
                    Open(open);
                    break;
                case WriteStreamCommand write:
                    Write(write);
                    break;
                default:
                    _sink?.Dispose();
                    _sink = null;
                    break;
            }
        }
    }

    private void Open(OpenStreamCommand open)
    {
        connection.Marks.Enter(DecodeStage.Probe);
        var shape = new VideoShape(Width, Height, ChromaSampling.Yuv420, 8) { Rate = new FrameRate(25, 1) };
        switch (_words[0])
        {
            case "never-opens":
                NativeHangsAndCrashes.Block();
                break;
            case "slow-opens":
                Thread.Sleep(Number);
                break;
            case "dies-opening":
                NativeHangsAndCrashes.Exit(9);
                break;
            case "impossible":
                shape = shape with { Width = -5 };
                break;
            case "other-size":
                shape = shape with { Width = Width / 2 };
                break;
            case "other-rate":
                shape = shape with { Rate = new FrameRate(24, 1) };
                break;
        }

        if (_words[0] != "no-fifo" && (open.AsFile ? StreamSink.MakeFile(open.Path) : StreamSink.MakeFifo(open.Path)) is { } failure)
        {
            throw new IOException(failure);
        }

        connection.Send(new StreamOpenedMessage(open.Id, new ClipShape { Video = shape }));
    }

    private void Write(WriteStreamCommand write)
    {
        connection.Marks.Enter(DecodeStage.Write);
        _sink = StreamSink.OpenEnd(_open!.Path, connection.Marks, out string error) ?? throw new IOException(error);
        long frames = 0;
        switch (_words[0])
        {
            case "segv":
                _ = WriteFrames(3);
                NativeHangsAndCrashes.Segfault();
                break;
            case "allocates":
                _ = WriteFrames(3);
                NativeHangsAndCrashes.Allocate(connection.Marks);
                break;
            case "hangs":
                _ = WriteFrames(3);
                connection.Marks.Enter(DecodeStage.Decode);
                NativeHangsAndCrashes.Block();
                break;
            case "hangs-up":
                _ = WriteFrames(3);
                _ = NativeHangsAndCrashes.Close(WireProtocol.SocketDescriptor);
                NativeHangsAndCrashes.Block();
                break;
            case "dies-after":
                frames = WriteFrames(Number);
                connection.Send(new StreamWrittenMessage(write.Id) { Frames = frames, Bytes = _sink.Bytes });

                // The order to close finds nobody.
                _ = NativeHangsAndCrashes.Close(WireProtocol.SocketDescriptor);
                NativeHangsAndCrashes.Exit(0);
                break;
            case "cannot-write":
                _ = WriteFrames(3);
                connection.Send(new UnreadyMessage(UnreadyReason.Broken, "The stream cannot be written: no space is left."));
                NativeHangsAndCrashes.Exit(1);
                break;
            case "escapes":
                frames = WriteFrames(Number);
                string tried = $"outside {Tried("/tmp/clipguard-escape")}, inside {Tried(_open.Path + ".more")}";
                connection.Send(
                    new StreamWrittenMessage(write.Id)
                    {
                        Frames = frames,
                        Bytes = _sink.Bytes,
                        Fault = new DecoderFault(FaultKind.Corrupt, DecodeStage.Decode, tried),
                    });
                return;
            case "throws":
                _ = WriteFrames(3);
                connection.Send(FailedMessage.Of(write.Id, new InvalidOperationException("scripted")));
                return;
            case "corrupt":
                _ = WriteFrames(3);
                connection.Send(
                    new StreamWrittenMessage(write.Id)
                    {
                        Frames = 3,
                        Bytes = _sink.Bytes,
                        Fault = new DecoderFault(FaultKind.Corrupt, DecodeStage.Decode, "scripted"),
                    });
                return;
            case "wrong-size":
                frames = WriteFrames(Number);
                connection.Send(new StreamWrittenMessage(write.Id) { Frames = frames + 1, Bytes = _sink.Bytes });
                return;
            case "nonsense":
                connection.SendBytes("good morning"u8);
                NativeHangsAndCrashes.Block();
                break;
            case "slow-opens":
                frames = WriteFrames(3);
                break;
            case "complains":
                Console.Error.WriteLine("out of memory, says an earlier clip");
                frames = WriteFrames(Number);
                break;
            case "trickles":
                for (int i = 0; i < Number; i++)
                {
                    frames += WriteFrames(1);
                    Thread.Sleep(100);
                }

                break;
            default:
                frames = WriteFrames(Number);
                break;
        }

        connection.Send(new StreamWrittenMessage(write.Id) { Frames = frames, Bytes = _sink.Bytes, ReaderLeft = _sink.ReaderLeft });
    }

    // Whether a file can be made and opened there.
    private static string Tried(string path) => StreamSink.MakeFile(path) is { } refused ? refused[(refused.LastIndexOf(':') + 2)..] : "made";

    // Raw frames; the tests that use these scripts ask for no other form.
    private long WriteFrames(int count)
    {
        byte[] frame = new byte[Width * Height * 3 / 2];
        Array.Fill(frame, (byte)128);
        fixed (byte* start = frame)
        {
            for (int i = 0; i < count; i++)
            {
                if (!_sink!.Write(start, frame.Length))
                {
                    return i;
                }
            }
        }

        return count;
    }
}
