using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>Finds gaps: times for which a container's clock runs on between two frames of audio, and there are no samples.</summary>
internal sealed unsafe class AudioGaps
{
    // Recorders take times from clocks with jitter: a shorter step is jitter, not a pause.
    private const double MinGapSeconds = 0.1;

    // In formats whose clock may be reset on the way (MPEG-TS) a longer step is a reset and no gap. The ffmpeg program draws the line at the same 10 s
    // (dts_delta_threshold).
    private const double MaxGapOfResettableClockSeconds = 10;

    // The frames of a FLAC file are numbered to the sample. This is the shortest that there can be.
    private const int ShortestFlacFrame = 16;

    // How far beyond the clip's length a gap may lead: headers round.
    private const double SlackAtEndSeconds = 1;

    private readonly AudioTimeline _timeline;
    private readonly AVRational _unit;
    private readonly long _frameSamples;
    private readonly bool _clockMayBeReset;
    private readonly bool _hasNoPauses;
    private readonly bool _isNumbered;
    private readonly bool _isIgnored;
    private readonly double _seconds;
    private long _lastTicks = ffmpeg.AV_NOPTS_VALUE;
    private long _samplesSince;
    private bool _refusedSince;

    public AudioGaps(Track track, AudioTimeline timeline)
    {
        AVFormatContext* format = track.Container.Format;
        _timeline = timeline;
        _isIgnored = track.Container.IgnoresClock || !HasClock(track);
        _unit = track.Stream->time_base;
        _frameSamples = track.Stream->codecpar->frame_size;
        _clockMayBeReset = (format->iformat->flags & ffmpeg.AVFMT_TS_DISCONT) != 0 || format->duration <= 0;
        _isNumbered = track.Container.FormatName == "flac";
        _hasNoPauses = track.Container.FormatName is "ogg" or "flac" or "mpegts";
        _seconds = (double)format->duration / ffmpeg.AV_TIME_BASE;
    }

    /// <summary>Forgets the last frame: the next one follows a jump.</summary>
    public void Forget()
    {
        _lastTicks = ffmpeg.AV_NOPTS_VALUE;
        _refusedSince = false;
    }

    /// <summary>The length of the gap right before a frame, in samples; 0 where there is none.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="counted">The number of its first sample if there is no gap.</param>
    /// <param name="isRefusal">True where the decoder refused something since the frame before.</param>
    /// <param name="isLoss">True where the gap's samples were lost, false where the recording paused.</param>
    public long Before(AVFrame* frame, long counted, bool isRefusal, out bool isLoss)
    {
        long ticks = frame->best_effort_timestamp;
        _refusedSince |= isRefusal;
        isLoss = _refusedSince || _hasNoPauses;
        if (ticks == ffmpeg.AV_NOPTS_VALUE || _isIgnored)
        {
            // A frame out of the middle of a damaged packet has no time. The next frame that has one is compared instead.
            _samplesSince += frame->nb_samples;
            return 0;
        }

        double step = _lastTicks == ffmpeg.AV_NOPTS_VALUE ? 0 : ((double)(ticks - _lastTicks) * _unit.num * frame->sample_rate / _unit.den) - _samplesSince;
        double least = _isNumbered ? ShortestFlacFrame : _refusedSince && _frameSamples > 0 ? _frameSamples / 2.0 : MinGapSeconds * frame->sample_rate;
        (_lastTicks, _samplesSince, _refusedSince) = (ticks, frame->nb_samples, false);
        return step >= least && IsBelievable(step, counted, frame->sample_rate)
            ? Math.Max(0, (_timeline.SampleAt(ticks) ?? (counted + (long)step)) - counted)
            : 0;
    }

    // Other containers have no times of their own: libavformat makes them up from bytes and frames, and some leap. FLAC in ASF is cut anywhere into packets.
    private static bool HasClock(Track track) => track.Container.FormatName.Split(',')[0] switch
    {
        "mov" or "matroska" or "ogg" or "flac" or "mpegts" or "mpeg" or "flv" or "nut" or "wtv" or "mxf" or "rm" => true,
        "asf" => track.Stream->codecpar->codec_id != AVCodecID.AV_CODEC_ID_FLAC,
        _ => false,
    };

    private bool IsBelievable(double step, long counted, int rateHz) =>
        (!_clockMayBeReset || step <= MaxGapOfResettableClockSeconds * rateHz)
        && (_seconds <= 0 || counted + step <= (_seconds + SlackAtEndSeconds) * rateHz);
}
