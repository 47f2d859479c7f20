using ClipGuard.Media.Streams;
using ClipGuard.Media.Wire;

namespace ClipGuard.Media.Libav.Streams;

/// <summary>Carries out the orders for one stream: open the clip and make the FIFO, write, close.</summary>
internal sealed unsafe class ClipStreamWriter : IDisposable
{
    private readonly OpenStreamCommand _order;
    private readonly ProgressMarks _marks;
    private readonly LibavLog _log;
    private readonly DecodeState _session;
    private RawStreamWriter? _stream;
    private StreamSink? _sink;

    /// <summary>A streamer for one order.</summary>
    /// <param name="order">The order to open.</param>
    /// <param name="marks">Marks that the supervisor reads.</param>
    public ClipStreamWriter(OpenStreamCommand order, ProgressMarks marks)
    {
        _order = order;
        _marks = marks;

        // The supervisor clears the marks, but maybe while this helper is still closing the stream before, and closing may log: such lines are dropped here.
        marks.ForgetLog();
        _log = new LibavLog(marks);
        ClipSpec spec = order.Kind == ClipKind.Audio ? new AudioSpec() : new VideoSpec();
        var request = new DecodeRequest(order.Source, spec) { Limits = order.Limits, DecoderThreads = order.DecoderThreads };
        _session = new DecodeState(request, new DecodeContext(new PayloadBuffer(null, 0), marks, timeLeft: null), _log);
    }

    /// <summary>Opens the clip and makes the FIFO or file.</summary>
    /// <exception cref="IOException">The FIFO or file cannot be made, which says nothing about the clip.</exception>
    /// <returns><see cref="StreamOpenedMessage"/>, or <see cref="StreamWrittenMessage"/> with a fault.</returns>
    public HelperMessage Open()
    {
        _marks.Enter(DecodeStage.Open);
        DecoderFault? fault = _order.Kind == ClipKind.Audio
            ? RawAudioWriter.Open(_session, _order.Source, out _stream)
            : RawVideoWriter.Open(_session, _order.Source, out _stream);
        _session.ThrowBug();
        if (fault is not null)
        {
            return new StreamWrittenMessage(_order.Id) { Fault = fault };
        }

        string? error = _order.AsFile ? StreamSink.MakeFile(_order.Path) : StreamSink.MakeFifo(_order.Path);
        if (error is not null)
        {
            throw new IOException($"The stream cannot be made: {error}.");
        }

        return new StreamOpenedMessage(_order.Id, _stream!.Shape);
    }

    /// <summary>Writes the stream. Its end stays open until this is disposed.</summary>
    /// <param name="format">What to write.</param>
    /// <exception cref="IOException">The FIFO or file cannot be opened or written, as on a full disk.</exception>
    public StreamWrittenMessage Write(StreamFormat format)
    {
        _marks.Enter(DecodeStage.Write);
        _sink = StreamSink.OpenEnd(_order.Path, _marks, out string error) ?? throw new IOException($"The stream cannot be opened: {error}.");

        // The stage Write, which means that the reader may be what is waited for, is entered by the sink's callers from here on.
        _marks.Enter(DecodeStage.Decode);
        DecoderFault? fault = _stream!.Write(format, _sink);
        _session.ThrowBug();
        return _sink.Error is { } failed
            ? throw new IOException($"The stream cannot be written: {failed}.")
            : new StreamWrittenMessage(_order.Id) { Frames = _stream.Frames, Bytes = _sink.Bytes, ReaderLeft = _sink.ReaderLeft, Fault = fault };
    }

    public void Dispose()
    {
        _sink?.Dispose();
        _stream?.Dispose();
        _log.Dispose();
    }
}
