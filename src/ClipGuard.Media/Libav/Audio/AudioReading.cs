using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>The frames of a clip's audio track, at the present one, which can be begun again from the track's start. Owns the track.</summary>
internal sealed unsafe class AudioReading : IDisposable
{
    private readonly DecodeState _session;
    private readonly AudioSpec _spec;

    private AudioReading(DecodeState session, AudioSpec spec, Track track)
    {
        _session = session;
        _spec = spec;
        Track = track;
        Frames = new AudioFrames(track);
    }

    public Track Track { get; private set; }

    public AudioFrames Frames { get; private set; }

    /// <summary>Samples a second of the present frame.</summary>
    public int RateHz => Frames.Frame->sample_rate;

    /// <summary>Channels of the present frame.</summary>
    public int Channels => Frames.Frame->ch_layout.nb_channels;

    /// <summary>Opens a clip's track and goes to its first frame: rate and channels are taken from that, as headers may be wrong about them.</summary>
    public static DecoderFault? Open(DecodeState session, AudioSpec spec, out AudioReading? reading)
    {
        reading = null;
        if (OpenTrack(session, spec, out Track? track) is { } fault)
        {
            return fault;
        }

        reading = new AudioReading(session, spec, track!);
        return reading.Frames.Next() && reading.RateHz > 0 ? null : reading.NothingDecoded();
    }

    /// <summary>Goes to the track's first frame again.</summary>
    public DecoderFault? Reopen()
    {
        Frames.Dispose();
        Track.Dispose();
        if (OpenTrack(_session, _spec, out Track? again) is { } fault)
        {
            return fault;
        }

        Track = again!;
        Frames = new AudioFrames(Track);
        return Frames.Next() ? null : NothingDecoded();
    }

    public void Dispose()
    {
        Frames.Dispose();
        Track.Dispose();
    }

    private static DecoderFault? OpenTrack(DecodeState session, AudioSpec spec, out Track? track) =>
        Track.Open(session, session.Request.Source, AVMediaType.AVMEDIA_TYPE_AUDIO, spec.Track, out track);

    private DecoderFault NothingDecoded() => _session.Fault(FaultKind.Corrupt, "Not one audio sample could be decoded.");
}
