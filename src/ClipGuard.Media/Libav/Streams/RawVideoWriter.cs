using System.Globalization;

using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Libav.Pictures;
using ClipGuard.Media.Libav.Tracks;
using ClipGuard.Media.Streams;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Streams;

/// <summary>A video track, frame by frame as it is coded: none is repeated or dropped to keep a rate.</summary>
internal sealed unsafe class RawVideoWriter : RawStreamWriter
{
    private const double IndexSlackSeconds = 0.7;

    private readonly DecodeState _session;
    private readonly Track _track;
    private readonly DisplayRotation _turn;
    private double _firstSeconds;
    private double _lastSeconds;

    private RawVideoWriter(DecodeState session, Track track)
        : base(session)
    {
        _session = session;
        _track = track;
        _turn = track.Container.Item?.Turn ?? DisplayRotation.Of(track.Stream);
        Shape = new ClipShape { Video = ShapeOf(track, _turn) };
    }

    /// <inheritdoc/>
    public override ClipShape Shape { get; }

    /// <summary>Opens a clip's video track.</summary>
    public static DecoderFault? Open(DecodeState session, ClipSource source, out RawStreamWriter? stream)
    {
        stream = null;
        if (Track.Open(session, source, AVMediaType.AVMEDIA_TYPE_VIDEO, number: null, out Track? track) is { } fault)
        {
            return fault;
        }

        AVCodecParameters* coded = track!.Stream->codecpar;
        if ((track.Stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) != 0 || coded->width <= 0 || coded->height <= 0)
        {
            track.Dispose();
            return session.Fault(FaultKind.Unsupported, "There is no video stream with a size of its own.");
        }

        if (TiledTiffDecode.PiecesOf(track) is not null || track.Container.Item?.Grid is not null)
        {
            track.Dispose();
            return session.Fault(FaultKind.Unsupported, "The picture is stored in pieces; it can be had as an image, and not as a stream.");
        }

        if (track.Decoder.UseThreads(session.Request.DecoderThreads ?? 1) is { } unopened)
        {
            track.Dispose();
            return unopened;
        }

        stream = new RawVideoWriter(session, track);
        return null;
    }

    /// <inheritdoc/>
    public override DecoderFault? Write(StreamFormat format, StreamSink sink)
    {
        var video = (VideoFormat)format;
        if (_turn.Sideways && video.Shape.Chroma == ChromaSampling.Yuv422)
        {
            return _session.Fault(FaultKind.Unsupported, "A clip that lies on its side cannot be written as 4:2:2; write it as 4:4:4 or 4:2:0.");
        }

        using var packer = new FramePacker(video, _turn);
        if (video.Form == VideoStreamFraming.Y4m && !WriteHeader(video.Shape, sink))
        {
            return null;
        }

        AVFrame* frame = ffmpeg.av_frame_alloc();
        try
        {
            return WriteFrames(video, packer, frame, sink) ?? Judge(sink);
        }
        finally
        {
            ffmpeg.av_frame_free(&frame);
        }
    }

    public override void Dispose() => _track.Dispose();

    private DecoderFault? WriteFrames(VideoFormat video, FramePacker packer, AVFrame* frame, StreamSink sink)
    {
        (int width, int height) = (0, 0);
        while (_track.Next(frame))
        {
            if (frame->decode_error_flags != 0 || (frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0)
            {
                return _session.Fault(FaultKind.Corrupt, $"Frame {Frames} is damaged, and parts of it would be made up.");
            }

            if (Frames > 0 && (frame->width, frame->height) != (width, height))
            {
                return _session.Fault(FaultKind.Corrupt, $"Frame {Frames} is {frame->width}×{frame->height}, and those before it are {width}×{height}.");
            }

            (width, height) = (frame->width, frame->height);
            if (SeeTime(frame) is { } tooLong)
            {
                return tooLong;
            }

            _session.Marks.Enter(DecodeStage.Convert);
            if (!packer.Pack(frame))
            {
                return _session.Fault(
                    FaultKind.Unsupported,
                    $"Frames in the pixel format {ffmpeg.av_get_pix_fmt_name((AVPixelFormat)frame->format)} cannot be converted to {video.Shape.PixelFormat}.");
            }

            ffmpeg.av_frame_unref(frame);
            _session.Marks.Enter(DecodeStage.Write);
            if (!WriteFrame(video.Form, packer, sink))
            {
                return null;
            }

            Frames++;
            _session.Marks.Enter(DecodeStage.Decode);
        }

        return null;
    }

    private static bool WriteHeader(VideoShape shape, StreamSink sink)
    {
        fixed (byte* header = Y4mHeader.Of(shape))
        {
            return sink.Write(header, Y4mHeader.Of(shape).Length);
        }
    }

    // The frame's line is written into the headroom before the frame, so that one call writes both.
    private static bool WriteFrame(VideoStreamFraming form, FramePacker packer, StreamSink sink)
    {
        if (form == VideoStreamFraming.Raw)
        {
            return sink.Write(packer.Frame, packer.FrameBytes);
        }

        ReadOnlySpan<byte> line = Y4mHeader.FrameLine;
        byte* start = packer.Frame - line.Length;
        line.CopyTo(new Span<byte>(start, line.Length));
        return sink.Write(start, line.Length + packer.FrameBytes);
    }

    private DecoderFault? Judge(StreamSink sink)
    {
        if (sink.ReaderLeft || sink.Error is not null)
        {
            return null;
        }

        if (_session.PixelFault() is { } oversized)
        {
            return oversized;
        }

        if (_track.ReadingBrokeOff is { } error)
        {
            return _session.FaultOf(ffmpeg.AVERROR_INVALIDDATA, $"The file breaks off before its end ({error})");
        }

        return _track.RefusedPackets > 0 ? _session.Fault(FaultKind.Corrupt, $"The decoder refused {_track.RefusedPackets} of {_track.Packets} video packets.")
            : _track.ConcealedPackets + _track.MarkedPackets + _session.DamageOfThreads is > 0 and var damaged
                ? _session.Fault(FaultKind.Corrupt, $"{damaged} of {_track.Packets} video packets are damaged.")
            : Frames == 0 ? _session.Fault(FaultKind.Corrupt, "The video stream has no frames.")
            : CutOff();
    }

    private DecoderFault? SeeTime(AVFrame* frame)
    {
        if (frame->best_effort_timestamp != ffmpeg.AV_NOPTS_VALUE)
        {
            AVRational unit = _track.Stream->time_base;
            _lastSeconds = (double)frame->best_effort_timestamp * unit.num / unit.den;
            _firstSeconds = Frames == 0 ? _lastSeconds : _firstSeconds;
        }

        return _session.Limits.MaxDuration is { } max && _lastSeconds - _firstSeconds > max.TotalSeconds ? TooLong("video", max) : null;
    }

    // The last frame may stay on show for long, and lengths in headers are rounded: up to one second or 5 % of the length does not count as missing. The
    // index of an MP4 is exact but for frames that are shown after the packet which is read last, hence IndexSlackSeconds.
    private DecoderFault? CutOff()
    {
        double missing = DeclaredDuration.EndSeconds(_track) - _lastSeconds ?? 0;
        double inIndex = DeclaredDuration.SecondsCutOff(_track) ?? 0;
        missing = missing > Math.Max(1, _lastSeconds / 20) ? missing : inIndex > IndexSlackSeconds ? inIndex : 0;
        return missing > 0
            ? _session.Fault(
                FaultKind.Corrupt,
                string.Create(CultureInfo.InvariantCulture, $"The video ends at {_lastSeconds:0.###} s, {missing:0.###} s earlier than its header says."))
            : null;
    }

    private static VideoShape ShapeOf(Track track, DisplayRotation turn)
    {
        AVCodecParameters* coded = track.Stream->codecpar;
        var format = (AVPixelFormat)coded->format;
        (ChromaSampling chroma, int bits) = PixelFormatMapping.Nearest(format);
        if (turn.Sideways && chroma == ChromaSampling.Yuv422)
        {
            chroma = ChromaSampling.Yuv444;
        }

        AVRational rate = ffmpeg.av_guess_frame_rate(track.Container.Format, track.Stream, null);
        (int width, int height) = turn.Sideways ? (coded->height, coded->width) : (coded->width, coded->height);
        return new VideoShape(width, height, chroma, bits)
        {
            FullRange = PixelFormatMapping.IsFullRange(coded->color_range, format),
            Rate = new FrameRate(rate.num, Math.Max(1, rate.den)),
        };
    }
}
