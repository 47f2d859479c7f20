using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>Finds where a container's clock leaves time out between two frames of audio.</summary>
internal sealed unsafe class AudioGaps
{
    // Recorders take their times from clocks that tremble; what they leave out on purpose is longer.
    private const double LeastSeconds = 0.1;

    // The ffmpeg program takes a longer step for a new beginning of the clock where a format's clock may begin anew.
    private const double MostSecondsOfLooseClock = 10;
    private const double SecondsBeyondTheEnd = 1;

    private readonly AudioTimeline _timeline;
    private readonly AVRational _unit;
    private readonly long _frameSamples;
    private readonly bool _clockIsLoose;
    private readonly bool _hasNoPauses;
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
        _clockIsLoose = (format->iformat->flags & ffmpeg.AVFMT_TS_DISCONT) != 0 || format->duration <= 0;
        _hasNoPauses = track.Container.FormatName is "ogg" or "flac" or "mpegts";
        _seconds = (double)format->duration / ffmpeg.AV_TIME_BASE;
    }

    /// <summary>Forgets the last frame: the next one follows a jump.</summary>
    public void Forget()
    {
        _lastTicks = ffmpeg.AV_NOPTS_VALUE;
        _refusedSince = false;
    }

    /// <summary>How many samples the clock leaves out before a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="counted">The number of its first sample if none are.</param>
    /// <param name="isRefusal">True where the decoder refused something since the frame before.</param>
    /// <param name="isLoss">True where they are lost, false where the recording has none.</param>
    public long Before(AVFrame* frame, long counted, bool isRefusal, out bool isLoss)
    {
        long ticks = frame->best_effort_timestamp;
        _refusedSince |= isRefusal;
        isLoss = _refusedSince || _hasNoPauses;
        if (ticks == ffmpeg.AV_NOPTS_VALUE || _isIgnored)
        {
            // Frames that came out of the midst of a damaged packet: the next one with a time tells.
            _samplesSince += frame->nb_samples;
            return 0;
        }

        double step = _lastTicks == ffmpeg.AV_NOPTS_VALUE ? 0 : ((double)(ticks - _lastTicks) * _unit.num * frame->sample_rate / _unit.den) - _samplesSince;
        double least = _refusedSince && _frameSamples > 0 ? _frameSamples / 2.0 : LeastSeconds * frame->sample_rate;
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
        (!_clockIsLoose || step <= MostSecondsOfLooseClock * rateHz) && (_seconds <= 0 || counted + step <= (_seconds + SecondsBeyondTheEnd) * rateHz);
}
