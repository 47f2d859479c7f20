using ClipGuard.Media.Selections;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// The windows of one track: where they lie, which of them are being filled, and the payload, in which they lie one after the other and are all of the same
/// length. The same for every decoder that the samples may come from.
/// </summary>
internal sealed unsafe class AudioWindowSet : IDisposable
{
    private readonly DecodeState _session;
    private readonly AudioSpec _spec;
    private readonly AudioWindows _windows;
    private readonly AudioTrackShape _track;
    private readonly int _targetRateHz;
    private readonly int _channels;
    private readonly List<AudioWindowBuffer> _open = [];
    private long[] _begins = [];
    private DamageReport[] _damage = [];
    private double _seconds;
    private bool _isShortClip;
    private long _samples;
    private float* _payload;
    private int _next;

    public AudioWindowSet(DecodeState session, AudioSpec spec, AudioTrackShape track)
    {
        _session = session;
        _spec = spec;
        _windows = spec.Windows!;
        _track = track;
        _targetRateHz = spec.SampleRateHz == AudioSpec.NativeRate ? track.RateHz : spec.SampleRateHz;
        _channels = spec.Channels == AudioChannels.Mono ? 1 : track.Channels;
    }

    /// <summary>True once every window was filled.</summary>
    public bool IsWhole => _next == _begins.Length && _open.Count == 0;

    /// <summary>Whether a window is being filled.</summary>
    public bool IsInside => _open.Count > 0;

    /// <summary>The first sample of the next window to be filled; null where none is left.</summary>
    public long? NextBegin => _next < _begins.Length ? _begins[_next] : null;

    /// <summary>What was delivered, once all is filled.</summary>
    public DecodedClip Clip => new(ElementType.Float32, [_windows.Count, _channels, (int)_samples])
    {
        SampleRateHz = _targetRateHz,
        WindowStartsSeconds = [.. Enumerable.Range(0, _windows.Count).Select(window => SecondsOf(_begins[_isShortClip ? 0 : window], _track.RateHz))],
        Damage = _damage.Aggregate(DamageReport.None, static (sum, window) => sum with
        {
            CorruptFrameCount = sum.CorruptFrameCount + window.CorruptFrameCount,
            RefusedPacketCount = sum.RefusedPacketCount + window.RefusedPacketCount,
            MissingSampleCount = sum.MissingSampleCount + window.MissingSampleCount,
            FirstAt = sum.FirstAt is { } first && !(window.FirstAt < first) ? first : window.FirstAt,
        }),
    };

    /// <summary>A time for which <c>floor(time·rate)</c> is a given sample: the quotient alone may be a bit too small for that.</summary>
    public static double SecondsOf(long sample, int rateHz)
    {
        double seconds = (double)sample / rateHz;
        return (long)(seconds * rateHz) < sample ? Math.BitIncrement(seconds) : seconds;
    }

    /// <summary>Decides where the windows lie, and forgets what was filled before.</summary>
    /// <param name="total">Samples of each channel that the track has.</param>
    public DecoderFault? Place(long total)
    {
        Forget();
        long from = (long)(_spec.StartSeconds * _track.RateHz);
        long range = Math.Min(total - from, _spec.DurationSeconds is { } seconds ? (long)(seconds * _track.RateHz) : long.MaxValue);
        long wanted = (long)(_windows.Seconds * _track.RateHz);
        if (range <= 0)
        {
            return _session.Fault(
                FaultKind.Corrupt, $"There is no audio from {_spec.StartSeconds} s on; the track ends at {(double)total / _track.RateHz:0.###} s.");
        }

        _isShortClip = wanted > range;
        if (wanted < 1 || (_isShortClip && _windows.WhenShort == ShortClipPolicy.Refuse))
        {
            return _session.Fault(
                FaultKind.Unsupported,
                $"A window lasts {_windows.Seconds:0.######} s, and the range {(double)range / _track.RateHz:0.######} s at {_track.RateHz} Hz.");
        }

        // All windows of a short clip are the same: it is decoded once.
        _seconds = _isShortClip ? SecondsOf(range, _track.RateHz) : _windows.Seconds;
        _begins = _isShortClip ? [from]
            : [.. WindowPlan.Positions(_windows.Count, _windows.Positions).Select(position => from + WindowPlan.Begin(position, range - wanted))];
        _damage = [.. _begins.Select(static _ => DamageReport.None)];
        Int128 samples = (((Int128)wanted * _targetRateHz) + _track.RateHz - 1) / _track.RateHz;
        Int128 bytes = samples * _channels * _windows.Count * sizeof(float);
        _session.Payload.Trim(0);
        if (bytes > _session.Payload.Capacity || !_session.Payload.TryTake((long)bytes, out byte* memory))
        {
            return _session.PayloadFault($"{_windows.Count} windows of {_windows.Seconds} s of audio");
        }

        _samples = (long)samples;
        _payload = (float*)memory;
        return null;
    }

    /// <summary>Takes the present frame into every window that wants something of it.</summary>
    public DecoderFault? Take(AudioFrames frames)
    {
        while (NextBegin < frames.Position + frames.Samples)
        {
            Open();
        }

        foreach (AudioWindowBuffer window in _open)
        {
            if (window.Take(frames) is { } fault)
            {
                return fault;
            }
        }

        return _open.Exists(static window => window.Writer.IsWhole)
            ? Close(_open.FindAll(static window => window.Writer.IsWhole), AudioDamageEvidence.Of(frames))
            : null;
    }

    /// <summary>Begins the next window, for a decoder that reads one after the other.</summary>
    public AudioRangeWriter Open()
    {
        AudioSpec range = _spec with { Windows = null, StartSeconds = SecondsOf(_begins[_next], _track.RateHz), DurationSeconds = _seconds };

        // A second more than the window has is more than any resampler writes beyond it.
        var window = new AudioWindowBuffer(_session, range, _next, _track, (_samples + _targetRateHz + ushort.MaxValue) * _channels);
        _open.Add(window);
        _next++;
        return window.Writer;
    }

    /// <summary>Ends the windows that are being filled, though they are not whole: what they lack is silent.</summary>
    public DecoderFault? Close(AudioDamageEvidence ending) => Close([.. _open], ending);

    public void Dispose() => Forget();

    private DecoderFault? Close(List<AudioWindowBuffer> windows, AudioDamageEvidence ending)
    {
        foreach (AudioWindowBuffer window in windows)
        {
            if (window.Writer.Finish(ending) is { } fault)
            {
                return fault;
            }

            _damage[window.Number] = window.Writer.Clip.Damage;
            foreach (int place in _isShortClip ? Enumerable.Range(0, _windows.Count) : [window.Number])
            {
                Write(window, place);
            }

            _open.Remove(window);
            window.Dispose();
        }

        return null;
    }

    private void Write(AudioWindowBuffer window, int place)
    {
        for (int channel = 0; channel < _channels; channel++)
        {
            ReadOnlySpan<float> samples = window.Channel(channel);
            var target = new Span<float>(_payload + (((place * (long)_channels) + channel) * _samples), checked((int)_samples));
            samples = samples[..Math.Min(samples.Length, target.Length)];
            samples.CopyTo(target);
            Span<float> rest = target[samples.Length..];
            rest.Clear();
            while (_isShortClip && _windows.WhenShort == ShortClipPolicy.Loop && rest.Length > 0)
            {
                int count = Math.Min(rest.Length, samples.Length);
                samples[..count].CopyTo(rest);
                rest = rest[count..];
            }
        }
    }

    private void Forget()
    {
        _open.ForEach(static window => window.Dispose());
        _open.Clear();
        _next = 0;
    }
}
