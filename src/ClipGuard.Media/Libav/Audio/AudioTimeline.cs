using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// Turns presentation times into sample numbers. The track's first sample, encoder delay left out, is number 0.
/// Where the container's clock is too coarse to tell samples apart, whole codec frames are counted instead.
/// </summary>
internal sealed unsafe class AudioTimeline
{
    // A clock whose jitter is below this part of a frame is corrected to whole frames.
    private const int JitterDivisor = 64;

    private readonly AVRational _unit;
    private readonly long _firstTicks;
    private readonly int _rateHz;
    private readonly int _frameSamples;
    private readonly int _phase;
    private readonly bool _isIgnored;

    /// <summary>A timeline that begins with a track's first frame.</summary>
    public AudioTimeline(Track track, AVFrame* first)
    {
        _isIgnored = track.Container.IgnoresClock;
        _unit = track.Stream->time_base;
        _firstTicks = first->best_effort_timestamp;
        _rateHz = first->sample_rate;
        _frameSamples = track.Stream->codecpar->frame_size;

        // Only the first frame may be short, because the encoder's delay was cut off it: later frames begin at this many samples plus whole frames.
        _phase = _frameSamples > 0 ? first->nb_samples % _frameSamples : 0;
    }

    /// <summary>True where a presentation time names one sample.</summary>
    public bool IsExact => !_isIgnored && _firstTicks != ffmpeg.AV_NOPTS_VALUE && (ClockIsFine || _frameSamples > 0);

    // A difference of two times, each rounded to a whole tick, may be one tick off; that has to be less than half a sample.
    private bool ClockIsFine => ClockCountsSamples || 2L * _unit.num * _rateHz < _unit.den;

    private bool ClockCountsSamples => _unit.den % ((long)_unit.num * _rateHz) == 0;

    /// <summary>The number of the sample at a presentation time; null where that cannot be told.</summary>
    public long? SampleAt(long ticks)
    {
        if (ticks == ffmpeg.AV_NOPTS_VALUE || !IsExact)
        {
            return null;
        }

        double sample = (double)((Int128)(ticks - _firstTicks) * _unit.num * _rateHz) / _unit.den;
        if (_frameSamples <= 0)
        {
            return (long)Math.Round(sample);
        }

        // The clock may be fine enough and still have a jitter of a few samples.
        long whole = ((long)Math.Round((sample - _phase) / _frameSamples) * _frameSamples) + _phase;
        return ClockIsFine && Math.Abs(sample - whole) > _frameSamples / JitterDivisor ? (long)Math.Round(sample) : whole;
    }

    /// <summary>The presentation time of a sample, rounded down.</summary>
    public long TicksOf(long sample) => _firstTicks + (long)((Int128)sample * _unit.den / ((Int128)_unit.num * _rateHz));
}
