using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>A time range of a clip's audio, exact to the sample, decoded by FFmpeg.</summary>
internal sealed unsafe class AudioDecode : IDisposable
{
    private readonly DecodeState _session;
    private readonly AudioSpec _spec;
    private Track _track;
    private AudioFrames _frames;
    private AudioRangeWriter? _range;
    private bool _startsLater;

    private AudioDecode(DecodeState session, AudioSpec spec, Track track)
    {
        _session = session;
        _spec = spec;
        _track = track;
        _frames = new AudioFrames(track);
    }

    public static DecodeAnswer Run(DecodeState session, AudioSpec spec)
    {
        if (OpenTrack(session, spec, out Track? track) is { } fault)
        {
            return new DecodeAnswer(fault);
        }

        using var decode = new AudioDecode(session, spec, track!);
        fault = decode.Start() ?? decode.ReadAll() ?? decode._range!.Finish(AudioDecodeEnding.Of(decode._frames));
        return fault is null ? new DecodeAnswer(decode._range!.Clip) : new DecodeAnswer(fault);
    }

    public void Dispose()
    {
        _range?.Dispose();
        _frames.Dispose();
        _track.Dispose();
    }

    private static DecoderFault? OpenTrack(DecodeState session, AudioSpec spec, out Track? track) =>
        Track.Open(session, session.Request.Source, AVMediaType.AVMEDIA_TYPE_AUDIO, spec.Track, out track);

    // Rate and channels are taken from the first frame: the header of HE-AAC may give half the rate, and others give none.
    private DecoderFault? Start()
    {
        if (!_frames.Next() || _frames.Frame->sample_rate <= 0)
        {
            return NothingDecoded();
        }

        AVFrame* frame = _frames.Frame;
        int rateHz = frame->sample_rate;
        _range = new AudioRangeWriter(_session, _spec, rateHz, frame->ch_layout.nb_channels, HeaderLength.Samples(_track, rateHz));
        _startsLater = _range.From > 0;
        return _range.Begin() ?? JudgeClaim(rateHz) ?? (ExactJumps.Start(_track, _range.From, rateHz) is { } start ? Jump(start) : null);
    }

    // What is wanted of a day of audio is known to be too much before the day is decoded.
    private DecoderFault? JudgeClaim(int rateHz)
    {
        if (LengthForLimits.Samples(_track, rateHz) is not { } claimed || _range!.TooMuch(claimed) is not { } tooMuch)
        {
            return null;
        }

        return LengthForLimits.IsBorneOut(_track, claimed, rateHz) ? tooMuch : Reopen();
    }

    private DecoderFault? Jump(long start)
    {
        if (!_frames.Timeline!.IsExact)
        {
            return null;
        }

        if (_frames.Jump(start))
        {
            return null;
        }

        // The container cannot jump, or not exactly: decoding begins at the track's start instead.
        return Reopen();
    }

    private DecoderFault? Reopen()
    {
        _frames.Dispose();
        _track.Dispose();
        if (OpenTrack(_session, _spec, out Track? again) is { } fault)
        {
            return fault;
        }

        _track = again!;
        _frames = new AudioFrames(_track);
        return _frames.Next() ? null : NothingDecoded();
    }

    private DecoderFault NothingDecoded() => _session.Fault(FaultKind.Corrupt, "Not one audio sample could be decoded.");

    private DecoderFault? ReadAll()
    {
        do
        {
            if (Take() is { } fault)
            {
                return fault;
            }
        }
        while (!_range!.IsWhole && _frames.Next());
        return null;
    }

    private DecoderFault? Take()
    {
        _range!.MoveTo(_frames.Position, _frames.LostBefore);
        if (_range.Wanted(_frames.Samples, _frames.Frame->sample_rate).Count is > 0 and var count)
        {
            _range.Damage.See(_frames, count, ref _startsLater);
        }

        return _range.Take(_frames.Frame, _frames.Samples);
    }
}
