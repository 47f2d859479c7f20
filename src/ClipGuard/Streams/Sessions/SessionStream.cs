using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Streams.Sessions;

/// <summary>One stream of a session: the helper that it was given to, the orders to that helper, and what it has said of the stream.</summary>
/// <param name="index">Its number among the session's streams, from 0.</param>
/// <param name="stream">The stream.</param>
/// <param name="folder">The session's folder.</param>
internal sealed unsafe class SessionStream(int index, ClipStream stream, string folder)
{
    private static long _lastOrder;

    private readonly long _beganAt = Stopwatch.GetTimestamp();
    private DecodeMeter? _measurement;

    /// <summary>Its number among the session's streams, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>The stream.</summary>
    public ClipStream Stream { get; } = stream;

    /// <summary>The stream's name.</summary>
    public string Name => Stream.Name;

    /// <summary>Path of the FIFO or file.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, stream.Name + Extension(stream.Spec));

    /// <summary>Number of the orders about it, which the helper's answers repeat.</summary>
    public long Order { get; } = Interlocked.Increment(ref _lastOrder);

    /// <summary>Its helper; null before it was started and after it was handed back or had ended.</summary>
    public StreamHelper? Helper { get; private set; }

    /// <summary>True once its helper has ended and was reaped.</summary>
    public bool Ended { get; set; }

    /// <summary>What the clip is by itself; null before the stream is there.</summary>
    public ClipShape? Shape { get; set; }

    /// <summary>What is written; null before all streams are there.</summary>
    public StreamFormat? Format { get; set; }

    /// <summary>The helper's last message on the stream; null before.</summary>
    public StreamWrittenMessage? Written { get; set; }

    /// <summary>Keeps the pipe alive from the last message on.</summary>
    public UnreadBytesProbe? Probe { get; private set; }

    /// <summary>When its helper last made progress.</summary>
    public long ProgressAt => _measurement?.ProgressAt ?? _beganAt;

    private Progress Progress => _measurement?.Progress ?? default;

    private long WrittenBytes => Written?.Bytes ?? Progress.Written;

    /// <summary>Takes its helper from it, to be used again or because it has ended.</summary>
    public void Detach() => Helper = null;

    /// <summary>Gives it a helper, and measures what that uses from now on.</summary>
    public void Attach(StreamHelper helper, long now)
    {
        Helper = helper;
        _measurement = helper.BeginStream(now);
    }

    /// <summary>Has its helper, which is ready, open the clip and make the FIFO or file.</summary>
    /// <param name="options">The limits, and whether it is a file.</param>
    /// <param name="decoderThreads">Threads that the decoder may use.</param>
    /// <returns>Null, or why not.</returns>
    public SessionFailureCause? Open(StreamOptions options, int decoderThreads)
    {
        ReadOnlyMemory<byte> held = (Stream.Source as MemorySource)?.Bytes ?? default;
        if (held.Length > StreamHelperPool.MemoryClipBytes)
        {
            return new SessionFailureCause.OfStream(
                Name,
                ToolFaultKind.LimitExceeded,
                $"The clip's {held.Length} encoded bytes are over the limit of {StreamHelperPool.MemoryClipBytes} for a clip held in memory.");
        }

        HelperProcess process = Helper!.Process;
        held.Span.CopyTo(new Span<byte>(process.Memory.Payload, held.Length));
        var order = new OpenStreamCommand(Order, Stream.Source, Stream.Spec.Kind, Path)
        {
            AsFile = options.WorkFiles,
            Limits = options.Limits,
            DecoderThreads = decoderThreads,
            InputLength = held.Length,
        };
        return MessageSocket.Send(process.Socket, order) is { } failure
            ? SessionBlame.Unavailable($"The order to open '{Name}' could not be given: {failure}.")
            : null;
    }

    /// <summary>Has its helper write the stream.</summary>
    public void Write()
    {
        // Where the order cannot be sent the helper has died, and the end of its process breaks the session.
        _ = MessageSocket.Send(Helper!.Process.Socket, new WriteStreamCommand(Order, Format!));
    }

    /// <summary>Its helper has said its last word: has it close its end, and keeps the pipe of a FIFO, so that what nobody has read can be counted.</summary>
    public void Close(bool isFile)
    {
        Probe = isFile ? null : UnreadBytesProbe.Open(Path);

        // Where the order cannot be sent the helper has died, and its end of the stream is closed by that.
        _ = MessageSocket.Send(Helper!.Process.Socket, new CloseStreamCommand(Order));
    }

    /// <summary>Lets go of the pipe.</summary>
    public void Release()
    {
        Probe?.Dispose();
        Probe = null;
    }

    /// <summary>Reads the marks, as long as it has a helper: they may be another stream's afterwards.</summary>
    public void ReadProgress(long now)
    {
        if (Helper is not null)
        {
            _measurement!.ReadProgress(now);
        }
    }

    /// <summary>What is known of it, with the marks as they were read last.</summary>
    /// <param name="isFile">True for a work file, which nobody reads yet while it is written.</param>
    public StreamStatus Facts(bool isFile) => new(Name)
    {
        IsHelperReady = Helper is { Greeting: not null },
        IsThere = Shape is not null,
        IsWritten = Written is not null,
        Stage = Progress.Stage,
        WrittenBytes = WrittenBytes,
        WaitsForReader = Written is null && !isFile && Progress.Stage == DecodeStage.Write && NobodyReadsOn(),
    };

    /// <summary>The fault that it is, with all that is known of its helper's work now.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="elapsed">Wall clock of the session.</param>
    public ToolFault Fault(SessionFailureCause.OfStream cause, TimeSpan elapsed) =>
        new(Name, cause.Kind, cause.Stage ?? Progress.Stage, cause.Message, PostMortem(cause.Exit) with { Elapsed = elapsed });

    /// <summary>All that is known of the helper's work now; nothing where it has none.</summary>
    /// <param name="exit">How the helper ended; the default while it lives.</param>
    public PostMortem PostMortem(ProcessExit exit) => Helper is null ? new PostMortem() : _measurement!.PostMortem(exit);

    /// <summary>How far it came.</summary>
    public StreamReport Report() => new(Name)
    {
        Format = Format,
        FrameCount = Written?.Frames ?? 0,
        Bytes = WrittenBytes,
        UnreadBytes = Probe?.UnreadBytes() ?? 0,
        IsWhole = Written is { ReaderLeft: false, Fault: null },
    };

    // The helper's marks alone could lie: it waits for its reader only where nothing was written yet, or unread bytes lie in the pipe.
    private bool NobodyReadsOn()
    {
        using UnreadBytesProbe? fifo = UnreadBytesProbe.Open(Path);
        return WrittenBytes == 0 || fifo?.UnreadBytes() > 0;
    }

    private static string Extension(StreamSpec spec) => spec switch
    {
        VideoStreamSpec { Form: VideoStreamFraming.Y4m } => ".y4m",
        VideoStreamSpec => ".yuv",
        AudioStreamSpec { Sample: AudioSampleType.Float32 } => ".f32le",
        _ => ".s16le",
    };
}
