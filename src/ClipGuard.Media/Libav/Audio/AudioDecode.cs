using ClipGuard.Media.Libav.Tracks;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>A time range of a clip's audio, exact to the sample, decoded by FFmpeg.</summary>
internal sealed unsafe class AudioDecode : IDisposable
{
    private readonly AudioReading _reading;
    private readonly AudioRangeWriter _range;
    private bool _startsLater;

    private AudioDecode(DecodeState session, AudioSpec spec, AudioReading reading)
    {
        _reading = reading;
        _range = new AudioRangeWriter(
            session, spec, session.Payload, reading.RateHz, reading.Channels, DeclaredDuration.Samples(reading.Track, reading.RateHz));
        _startsLater = _range.From > 0;
    }

    private AudioFrames Frames => _reading.Frames;

    public static DecodeAnswer Run(DecodeState session, AudioSpec spec)
    {
        DecoderFault? fault = AudioReading.Open(session, spec, out AudioReading? opened);
        using AudioReading? reading = opened;
        if (fault is not null)
        {
            return new DecodeAnswer(fault);
        }

        using var decode = new AudioDecode(session, spec, reading!);
        fault = decode.Start() ?? decode.ReadAll() ?? decode._range.Finish(AudioDamageEvidence.Of(decode.Frames));
        return fault is null ? new DecodeAnswer(decode._range.Clip) : new DecodeAnswer(fault);
    }

    public void Dispose() => _range.Dispose();

    private DecoderFault? Start()
    {
        int rateHz = _reading.RateHz;
        return _range.Begin() ?? JudgeClaim(rateHz) ?? (ExactSeeks.Start(_reading.Track, _range.From, rateHz) is { } start ? Jump(start) : null);
    }

    // What is wanted of a day of audio is known to be too much before the day is decoded.
    private DecoderFault? JudgeClaim(int rateHz)
    {
        if (AudioLengthForLimits.Samples(_reading.Track, rateHz) is not { } claimed || _range.TooMuch(claimed) is not { } tooMuch)
        {
            return null;
        }

        return AudioLengthForLimits.IsBorneOut(_reading.Track, claimed, rateHz) ? tooMuch : _reading.Reopen();
    }

    private DecoderFault? Jump(long start)
    {
        if (!Frames.Timeline!.IsExact)
        {
            return null;
        }

        // Where the container cannot jump, or not exactly, decoding begins at the track's start instead.
        return Frames.Jump(start) ? null : _reading.Reopen();
    }

    private DecoderFault? ReadAll()
    {
        do
        {
            if (_range.Take(Frames, ref _startsLater) is { } fault)
            {
                return fault;
            }
        }
        while (!_range.IsWhole && Frames.Next());
        return null;
    }
}
