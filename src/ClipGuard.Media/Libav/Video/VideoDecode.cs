using ClipGuard.Media.Libav.Pictures;
using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Video;

/// <summary>Chosen frames of a video track, told apart by their presentation times.</summary>
internal sealed unsafe class VideoDecode : IDisposable
{
    private readonly DecodeSession _session;
    private readonly VideoSpec _spec;
    private readonly Track _track;
    private readonly PacketReel _reel = new();
    private readonly PictureWriter _writer;
    private readonly List<double> _times = [];
    private readonly AVFrame* _frame = ffmpeg.av_frame_alloc();
    private readonly AVFrame* _shown = ffmpeg.av_frame_alloc();
    private long[] _wanted = [];
    private int _next;
    private int _fed;
    private long _framesOut;

    private VideoDecode(DecodeSession session, VideoSpec spec, Track track)
    {
        _session = session;
        _spec = spec;
        _track = track;
        _writer = new PictureWriter(session);
    }

    public static DecodeAnswer Run(DecodeSession session, VideoSpec spec)
    {
        if (Track.Open(session, session.Request.Source, AVMediaType.AVMEDIA_TYPE_VIDEO, out Track? opened) is { } fault)
        {
            return new DecodeAnswer(fault);
        }

        using Track track = opened!;
        if ((track.Stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) != 0)
        {
            return new DecodeAnswer(session.Fault(FaultKind.Unsupported, $"There is no video stream; the {track.Container.FormatName} file holds only an attached picture."));
        }

        using var decode = new VideoDecode(session, spec, track);
        return decode.Run();
    }

    public void Dispose()
    {
        AVFrame* frame = _frame;
        ffmpeg.av_frame_free(&frame);
        frame = _shown;
        ffmpeg.av_frame_free(&frame);
        _reel.Dispose();
        _writer.Dispose();
    }

    private DecodeAnswer Run()
    {
        long bytes = (long)_spec.Frames * _spec.Width * _spec.Height * 3;
        if (bytes > _session.Payload.Capacity)
        {
            return new DecodeAnswer(_session.PayloadFault($"A result of {_spec.Frames} frames of {_spec.Width}×{_spec.Height}"));
        }

        _reel.Fill(_session, _track);
        if (_track.ReadingBrokeOff is { } error)
        {
            return new DecodeAnswer(_session.FaultOf(ffmpeg.AVERROR_INVALIDDATA, $"The file breaks off before its end ({error})"));
        }

        // Without times the frames are numbered as they come out, which is the order they are shown in.
        int total = _reel.ShownTimes?.Length ?? _reel.Count;
        if (total == 0)
        {
            return new DecodeAnswer(_session.Fault(FaultKind.Corrupt, "The video stream has no frames."));
        }

        _wanted = [.. UniformFrames.Pick(total, _spec.Frames).Select(index => _reel.ShownTimes?[index] ?? index)];
        return (Decode() ?? Judge()) is { } fault
            ? new DecodeAnswer(fault)
            : new DecodeAnswer(new DecodedClip(ElementType.UInt8, [_wanted.Length, _spec.Height, _spec.Width, 3]) { FrameTimesSeconds = _times });
    }

    private DecoderFault? Decode()
    {
        while (_next < _wanted.Length && Receive())
        {
            long time = _reel.ShownTimes is null ? _framesOut : _frame->best_effort_timestamp;
            _framesOut++;

            // The frame on show at a wanted time is the last one that began by then.
            while (_next < _wanted.Length && time > _wanted[_next] && _shown->width > 0)
            {
                if (Write(_shown) is { } fault)
                {
                    return fault;
                }
            }

            ffmpeg.av_frame_unref(_shown);
            ffmpeg.av_frame_move_ref(_shown, _frame);
            while (_next < _wanted.Length && time == _wanted[_next])
            {
                if (Write(_shown) is { } fault)
                {
                    return fault;
                }
            }
        }

        return null;
    }

    private bool Receive()
    {
        int state;
        while ((state = _track.Receive(_frame)) == 0 && !_session.ShouldStop())
        {
            _track.Send(_fed < _reel.Count ? _reel[_fed++] : null);
        }

        return state > 0;
    }

    private DecoderFault? Write(AVFrame* frame)
    {
        if (frame->decode_error_flags != 0 || (frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0)
        {
            return _session.Fault(FaultKind.Corrupt, $"Wanted frame {_next} is damaged, and parts of it would be made up.");
        }

        AVRational timeBase = _track.Stream->time_base;
        double fromStart = _reel.ShownTimes is { } shown ? (_wanted[_next] - shown[0]) * (double)timeBase.num / timeBase.den : _wanted[_next] * FrameSeconds();
        _times.Add(fromStart);
        _next++;
        return _writer.Write(frame, DisplayTurn.Of(frame, _track.Stream), _spec.Width, _spec.Height);
    }

    private double FrameSeconds()
    {
        AVRational rate = _track.Stream->avg_frame_rate;
        return rate.num > 0 ? rate.den / (double)rate.num : 0;
    }

    private DecoderFault? Judge()
    {
        if (_session.PixelFault() is { } oversized)
        {
            return oversized;
        }

        if (_next < _wanted.Length)
        {
            return _session.Fault(FaultKind.Corrupt, $"{_wanted.Length - _next} of {_wanted.Length} wanted frames are missing.");
        }

        return _track.RefusedPackets > 0
            ? _session.Fault(FaultKind.Corrupt, $"The decoder refused {_track.RefusedPackets} of {_reel.Count} video packets.")
            : null;
    }
}
