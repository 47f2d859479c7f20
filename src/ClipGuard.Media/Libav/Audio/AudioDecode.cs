using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>A stretch of a clip's audio, exact to the sample, decoded by FFmpeg.</summary>
internal sealed unsafe class AudioDecode : IDisposable
{
    // Codecs that overlap frames or borrow bits from earlier ones are right again after this much: 0.5 s is over 18 frames of MP3, the longest reach.
    private const double PrerollSeconds = 0.5;

    // Nearer than this, decoding on costs less than a jump with its preroll.
    private const double WorthSeekingSeconds = 2;

    private readonly DecodeSession _session;
    private readonly AudioSpec _spec;
    private readonly AVFrame* _frame = ffmpeg.av_frame_alloc();
    private Track _track;
    private AudioStretch? _stretch;
    private bool _jumped;

    private AudioDecode(DecodeSession session, AudioSpec spec, Track track)
    {
        _session = session;
        _spec = spec;
        _track = track;
    }

    public static DecodeAnswer Run(DecodeSession session, AudioSpec spec)
    {
        if (OpenTrack(session, spec, out Track? track) is { } fault)
        {
            return new DecodeAnswer(fault);
        }

        using var decode = new AudioDecode(session, spec, track!);
        fault = decode.Start() ?? decode.ReadAll() ?? decode._stretch!.Finish(TrackEnd.Of(decode._track));
        return fault is null ? new DecodeAnswer(decode._stretch!.Clip) : new DecodeAnswer(fault);
    }

    /// <summary>Samples of a frame that belong to the clip. An mp4 says by its last packet's duration where the encoder's padding begins, and libavformat leaves it to the reader to cut there.</summary>
    public static int SamplesOf(Track track, AVFrame* frame)
    {
        AVRational unit = track.Stream->time_base;
        bool counted = unit.num == 1 && unit.den == frame->sample_rate && track.LastPacketTicks > 0;
        return counted && track.Container.IsMov ? (int)Math.Min(frame->nb_samples, track.LastPacketTicks) : frame->nb_samples;
    }

    public void Dispose()
    {
        AVFrame* frame = _frame;
        ffmpeg.av_frame_free(&frame);
        _stretch?.Dispose();
        _track.Dispose();
    }

    private static DecoderFault? OpenTrack(DecodeSession session, AudioSpec spec, out Track? track) =>
        Track.Open(session, session.Request.Source, AVMediaType.AVMEDIA_TYPE_AUDIO, spec.Track, out track);

    // The first frame tells what the track really is; headers may say another rate (HE-AAC) or none.
    private DecoderFault? Start()
    {
        if (!_track.Next(_frame) || _frame->sample_rate <= 0)
        {
            return _session.Fault(FaultKind.Corrupt, "Not one audio sample could be decoded.");
        }

        int rateHz = _frame->sample_rate;
        _stretch = new AudioStretch(_session, _spec, rateHz, _frame->ch_layout.nb_channels, HeaderPromise.Samples(_track, rateHz));
        return _stretch.Begin() ?? (_stretch.From > WorthSeekingSeconds * rateHz ? Jump(new AudioTimeline(_track, _frame), rateHz) : null);
    }

    private DecoderFault? Jump(AudioTimeline timeline, int rateHz)
    {
        if (!timeline.IsExact)
        {
            return null;
        }

        long landing = Math.Max(0, _stretch!.From - (long)(PrerollSeconds * rateHz));
        if (_track.Seek(timeline.TicksOf(landing)) && NextAfterJump() && timeline.SampleAt(_frame->best_effort_timestamp) is { } position && position <= landing)
        {
            _stretch.Position = position;
            _jumped = true;
            return null;
        }

        // The container cannot jump, or not exactly: all that lies before is decoded.
        _track.Dispose();
        if (OpenTrack(_session, _spec, out Track? again) is { } fault)
        {
            return fault;
        }

        _track = again!;
        return _track.Next(_frame) ? null : _session.Fault(FaultKind.Corrupt, "Not one audio sample could be decoded.");
    }

    private bool NextAfterJump()
    {
        ffmpeg.avcodec_flush_buffers(_track.Codec);
        ffmpeg.av_frame_unref(_frame);
        return _track.Next(_frame);
    }

    private DecoderFault? ReadAll()
    {
        do
        {
            if (Take() is { } fault)
            {
                return fault;
            }

            ffmpeg.av_frame_unref(_frame);
        }
        while (!_stretch!.IsWhole && _track.Next(_frame));
        return null;
    }

    private DecoderFault? Take()
    {
        int samples = SamplesOf(_track, _frame);
        if (_stretch!.Wanted(samples).Count is > 0 and var count)
        {
            _stretch.Damage.See(_track, _frame, _stretch.Position, count, ref _jumped);
        }

        return _stretch.Take(_frame, samples);
    }
}
