using ClipGuard.Media.Libav.Tracks;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// Several windows of a clip's audio, in one pass from the first to the last: between them FFmpeg jumps where jumps are exact, and decodes on elsewhere.
/// Where the windows lie follows from the track's length. Where no header tells the length to the sample, or a header told too much, the track is decoded once
/// to its end to count its samples, and is then judged as a whole.
/// </summary>
internal sealed unsafe class AudioWindowsDecode : IDisposable
{
    // Nearer than this, decoding on costs less than a jump.
    private const double WorthSeekingSeconds = 1.5;

    private readonly DecodeState _session;
    private readonly AudioReading _reading;
    private readonly AudioTrackShape _track;
    private readonly AudioWindowSet _windows;
    private bool _cannotJump;

    private AudioWindowsDecode(DecodeState session, AudioSpec spec, AudioReading reading)
    {
        _session = session;
        _reading = reading;
        _track = new AudioTrackShape(reading.RateHz, reading.Channels, DeclaredDuration.Samples(reading.Track, reading.RateHz));
        _windows = new AudioWindowSet(session, spec, _track);
    }

    private AudioFrames Frames => _reading.Frames;

    // Matroska tells lengths by a clock of milliseconds, which is not to the sample.
    private long? DeclaredSamples => _reading.Track.Container.IsMatroska ? null : _track.DeclaredSamples;

    public static DecodeAnswer Run(DecodeState session, AudioSpec spec)
    {
        DecoderFault? fault = AudioReading.Open(session, spec, out AudioReading? opened);
        using AudioReading? reading = opened;
        if (fault is not null)
        {
            return new DecodeAnswer(fault);
        }

        using var decode = new AudioWindowsDecode(session, spec, reading!);
        fault = decode.ReadByHeader(out bool isWhole) ?? (isWhole ? null : decode.ReadByCount());
        return fault is null ? new DecodeAnswer(decode._windows.Clip) : new DecodeAnswer(fault);
    }

    public void Dispose() => _windows.Dispose();

    private DecoderFault? ReadByHeader(out bool isWhole)
    {
        isWhole = false;
        if (DeclaredSamples is not { } told)
        {
            return null;
        }

        DecoderFault? fault = AudioRangeWriter.Refuse(_session, _track) ?? _windows.Place(told) ?? Read();
        isWhole = _windows.IsWhole;
        return fault;
    }

    private DecoderFault? ReadByCount() =>
        AudioRangeWriter.Refuse(_session, _track) ?? BeginAgain() ?? Count(out long total) ?? _reading.Reopen() ?? _windows.Place(total) ?? ReadToTheEnd();

    // Where no length was told nothing was read yet but the first frame.
    private DecoderFault? BeginAgain() => DeclaredSamples is null ? null : _reading.Reopen();

    private DecoderFault? ReadToTheEnd()
    {
        DecoderFault? fault = Read();

        // By now the length is that of what came. A window over a gap in the recording has fewer samples all the same.
        while (fault is null && !_windows.IsWhole)
        {
            if (!_windows.IsInside)
            {
                _windows.Open();
            }

            fault = _windows.Close(AudioDamageEvidence.Of(Frames));
        }

        return fault;
    }

    private DecoderFault? Read()
    {
        do
        {
            if ((JumpToNext() ?? _windows.Take(Frames)) is { } fault)
            {
                return fault;
            }
        }
        while (!_windows.IsWhole && Frames.Next());
        return null;
    }

    private DecoderFault? JumpToNext()
    {
        if (_windows.IsInside || _cannotJump || Frames.Timeline is not { IsExact: true } || _windows.NextBegin is not { } begin
            || ExactSeeks.Start(_reading.Track, begin, _track.RateHz) is not { } start
            || start - Frames.Position < WorthSeekingSeconds * _track.RateHz
            || Frames.Jump(start))
        {
            return null;
        }

        _cannotJump = true;
        return _reading.Reopen();
    }

    private DecoderFault? Count(out long total)
    {
        var damage = new AudioDamage(_track.RateHz, _track.DeclaredSamples);
        bool startsLater = false;
        do
        {
            damage.See(Frames, Frames.Samples, ref startsLater);
            total = Frames.Position + ((long)Frames.Samples * _track.RateHz / Frames.Frame->sample_rate);
            if (_session.DurationFault((double)total / _track.RateHz) is { } tooLong)
            {
                return tooLong;
            }
        }
        while (Frames.Next());
        return damage.Judge(_session, AudioDamageEvidence.Of(Frames), 0, long.MaxValue, total);
    }
}
