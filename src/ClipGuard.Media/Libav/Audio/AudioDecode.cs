using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>A stretch of a clip's audio, exact to the sample.</summary>
internal sealed unsafe class AudioDecode : IDisposable
{
    // Codecs that overlap frames or borrow bits from earlier ones are right again after this much: 0.5 s is over 18 frames of MP3, the longest reach.
    private const double PrerollSeconds = 0.5;

    // Nearer than this, decoding on costs less than a jump with its preroll.
    private const double WorthSeekingSeconds = 2;

    private const int MaxChannels = 64;

    private readonly DecodeSession _session;
    private readonly AudioSpec _spec;
    private readonly AVFrame* _frame = ffmpeg.av_frame_alloc();
    private readonly AudioDamage _damage = new();
    private Track _track;
    private Resampler? _resampler;
    private long _position;
    private long _from;
    private long _to;
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
        fault = decode.Start() ?? decode.ReadAll() ?? decode.Finish();
        return fault is not null
            ? new DecodeAnswer(fault)
            : new DecodeAnswer(new DecodedClip(ElementType.Float32, [decode._resampler!.Channels, (int)decode._resampler.Length])
            {
                SampleRateHz = decode._resampler.TargetRateHz,
                Damage = decode._damage.Report,
            });
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
        _resampler?.Dispose();
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

        int channels = _frame->ch_layout.nb_channels;
        if (channels > MaxChannels)
        {
            return _session.Fault(FaultKind.Unsupported, $"The track has {channels} channels; at most {MaxChannels} can be resampled.");
        }

        int rateHz = _frame->sample_rate;
        _resampler = new Resampler(_session.Payload, _spec, rateHz, channels);
        _from = (long)(_spec.StartSeconds * rateHz);
        _to = _spec.DurationSeconds is { } seconds ? _from + (long)(seconds * rateHz) : long.MaxValue;
        _damage.Begin(_track, rateHz);
        if (_session.Limits.MaxDuration is { } max && (_damage.PromisedSamples ?? 0) > max.TotalSeconds * rateHz)
        {
            return DurationFault();
        }

        return _from > WorthSeekingSeconds * rateHz ? Jump(new AudioTimeline(_track, _frame), rateHz) : null;
    }

    private DecoderFault? Jump(AudioTimeline timeline, int rateHz)
    {
        if (!timeline.IsExact)
        {
            return null;
        }

        long landing = Math.Max(0, _from - (long)(PrerollSeconds * rateHz));
        if (_track.Seek(timeline.TicksOf(landing)) && NextAfterJump() && timeline.SampleAt(_frame->best_effort_timestamp) is { } position && position <= landing)
        {
            _position = position;
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
        while (_position < _to && _track.Next(_frame));
        return null;
    }

    private DecoderFault? Take()
    {
        long end = _position + SamplesOf(_track, _frame);
        int first = (int)Math.Clamp(_from - _position, 0, end - _position);
        int count = (int)(Math.Min(end, _to) - _position) - first;
        if (count > 0)
        {
            _damage.See(_track, _frame, _position, count, ref _jumped);
            _session.Marks.Enter(DecodeStage.Convert);
            int error = _resampler!.Convert(_frame, first, count);
            if (error != 0)
            {
                return ConversionFault(error);
            }
        }

        _position = end;
        return _session.Limits.MaxDuration is { } max && _position > max.TotalSeconds * _frame->sample_rate ? DurationFault() : null;
    }

    private DecoderFault? Finish()
    {
        int error = _resampler!.Finish();
        if (error != 0)
        {
            return ConversionFault(error);
        }

        if (_resampler.Length == 0)
        {
            return _session.Fault(FaultKind.Corrupt, $"There is no audio from {_spec.StartSeconds} s on; the track ends at {(double)_position / _damage.RateHz:0.###} s.");
        }

        return _damage.Judge(_track, _session, _from, _to, _position);
    }

    private DecoderFault ConversionFault(int error) => error == Resampler.PayloadFull
        ? _session.PayloadFault("The decoded audio")
        : _spec.Resampler == AudioResampler.Soxr && _resampler!.Length == 0
            ? _session.Fault(FaultKind.Unsupported, "This FFmpeg was built without the soxr resampler.")
            : _session.FaultOf(error, "The audio could not be resampled");

    private DecoderFault DurationFault() =>
        _session.Fault(FaultKind.LimitExceeded, $"The audio is longer than the limit of {_session.Limits.MaxDuration!.Value.TotalSeconds} s.");
}
