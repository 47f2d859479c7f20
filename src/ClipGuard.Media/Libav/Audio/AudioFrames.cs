using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// An audio track's frames in their order, each with the number of its first sample. Samples are counted from frame to frame. Where the container's clock
/// has a gap (a recording that paused, packets that were lost) the gap's samples are counted too, so that decoding on and jumping give the same numbers.
/// Owns the frames, not the track.
/// </summary>
internal sealed unsafe class AudioFrames(Track track) : IDisposable
{
    private readonly EncoderDelayTrim _delay = new(track);
    private AVFrame* _frame = ffmpeg.av_frame_alloc();
    private AVFrame* _ahead = ffmpeg.av_frame_alloc();
    private bool _isAhead;
    private bool _aheadCame;
    private (long LastPacketTicks, long Refused, long Marked) _seenAhead;
    private AudioGaps? _gaps;
    private int _link;
    private long _linkStart;
    private int _firstRateHz;
    private int _rateHz;
    private long _rateStart;
    private long _samplesAtRate;

    public Track Track { get; } = track;

    /// <summary>The frame that <see cref="Next"/> found; valid until it is called again.</summary>
    public AVFrame* Frame => _frame;

    /// <summary>The number of the frame's first sample, counted at the rate of the track's first frame.</summary>
    public long Position { get; private set; }

    /// <summary>How many of the frame's samples belong to the clip.</summary>
    public int Samples { get; private set; }

    /// <summary>Samples that were lost right before the frame.</summary>
    public long LostBefore { get; private set; }

    /// <summary>Packets that the decoder refused up to the frame, or up to the end.</summary>
    public long RefusedPackets { get; private set; }

    /// <summary>Packets marked as damaged up to the frame, or up to the end.</summary>
    public long MarkedPackets { get; private set; }

    /// <summary>Which sample a time stands for; from the first frame on.</summary>
    public AudioTimeline? Timeline { get; private set; }

    /// <summary>Goes on to the next frame.</summary>
    /// <returns>False once there are no more, or the time to give up has come.</returns>
    public bool Next()
    {
        if (!_isAhead)
        {
            ReadAhead();
        }

        long refusedBefore = RefusedPackets;
        (long lastPacketTicks, RefusedPackets, MarkedPackets) = _seenAhead;
        if (!_aheadCame)
        {
            _isAhead = true;
            return false;
        }

        AVFrame* earlier = _frame;
        _frame = _ahead;
        _ahead = earlier;

        // In an MP4 the duration of the last packet says where the encoder's padding begins, and libavformat does not cut it off. Whether a packet is the
        // last is known only once the next one was asked for, so one frame is read ahead.
        _isAhead = Track.Container.IsMov;
        if (_isAhead)
        {
            ReadAhead();
        }

        bool isLast = _isAhead && !_aheadCame && Track.IsAtEnd;
        SetPosition(isRefusal: RefusedPackets > refusedBefore);
        Samples = Track.Container.Samples is { } all ? (int)Math.Clamp(all - (Position - _linkStart), 0, _frame->nb_samples)
            : isLast ? SamplesOfLast(lastPacketTicks) : _frame->nb_samples;
        return true;
    }

    /// <summary>Jumps to the last frame before a sample from which decoding can begin.</summary>
    /// <returns>False where the container cannot, or does not tell where it landed; the frames cannot be read on then.</returns>
    public bool Jump(long sample)
    {
        if (Timeline is not { IsExact: true } timeline || !Track.Seek(timeline.TicksOf(sample)))
        {
            return false;
        }

        ffmpeg.avcodec_flush_buffers(Track.Codec);
        _isAhead = false;
        _delay.Jump();
        _gaps!.Forget();
        if (!Next() || timeline.SampleAt(_frame->best_effort_timestamp) is not { } position || position > sample)
        {
            return false;
        }

        Position = position;
        return true;
    }

    public void Dispose()
    {
        AVFrame* frame = _frame;
        ffmpeg.av_frame_free(&frame);
        frame = _ahead;
        ffmpeg.av_frame_free(&frame);
        _frame = _ahead = null;
    }

    private void ReadAhead()
    {
        do
        {
            ffmpeg.av_frame_unref(_ahead);
            _aheadCame = Track.Next(_ahead);
        }
        while (_aheadCame && Track.IsUncut && !_delay.TakeOff(_ahead));

        _seenAhead = (Track.LastPacketTicks, Track.RefusedPackets, Track.MarkedPackets);
    }

    private void SetPosition(bool isRefusal)
    {
        long counted = Counted();
        if (Track.Link != _link)
        {
            // The next link of a chain has a clock of its own.
            (_link, _linkStart, Timeline, _gaps) = (Track.Link, counted, null, null);
        }

        Timeline ??= new AudioTimeline(Track, _frame);
        _gaps ??= new AudioGaps(Track, Timeline);
        Position = counted + _gaps.Before(_frame, counted - _linkStart, isRefusal, out bool isLoss);
        LostBefore = isLoss ? Position - counted : 0;
        _rateStart += Position - counted;
    }

    // Where the frame before ended. Where the rate changed, fractions of a sample must not add up.
    private long Counted()
    {
        if (_firstRateHz == 0)
        {
            _firstRateHz = _rateHz = _frame->sample_rate;
        }

        long end;
        if (_rateHz == _firstRateHz || _rateHz == 0)
        {
            end = Position + Samples;
        }
        else
        {
            _samplesAtRate += Samples;
            end = _rateStart + (long)((Int128)_samplesAtRate * _firstRateHz / _rateHz);
        }

        if (_frame->sample_rate != _rateHz)
        {
            (_rateHz, _rateStart, _samplesAtRate) = (_frame->sample_rate, end, 0);
        }

        return end;
    }

    private int SamplesOfLast(long packetTicks)
    {
        // Apple's encoders write the number of samples into a tag instead. A number outside of the last frame is that of another file, from which the tag
        // was copied.
        if (DeclaredDuration.ItunesSamples(Track) - Position is { } counted && counted > 0 && counted < _frame->nb_samples)
        {
            return (int)counted;
        }

        // The time base of HE-AAC may be that of its core codec, half the rate of what is decoded.
        AVRational unit = Track.Stream->time_base;
        bool isExact = packetTicks > 0 && unit.num == 1 && (unit.den == _frame->sample_rate || unit.den * 2 == _frame->sample_rate);
        int told = isExact ? (int)Math.Min(_frame->nb_samples, packetTicks * (_frame->sample_rate / unit.den)) : _frame->nb_samples;
        return Track.IsUncut ? Math.Min(told, _frame->nb_samples - EncoderDelayTrim.PaddingOf(_frame)) : told;
    }
}
