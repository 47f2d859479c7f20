using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>Counts what is wrong with the audio that is wanted: packets refused, frames marked corrupt, samples promised that never came.</summary>
/// <param name="rateHz">Samples a second of the track.</param>
/// <param name="promisedSamples">Samples of each channel that the header promises; null where it does not.</param>
internal sealed unsafe class AudioDamage(int rateHz, long? promisedSamples)
{
    // A last frame that is cut short or padded is no damage.
    private const int SlackFrames = 2;

    private long _refusedBefore;
    private long _corruptFrames;
    private long _damagedSamples;
    private long? _firstSample;
    private long _seenRefused;

    public DamageReport Report { get; private set; } = DamageReport.None;

    /// <summary>Looks at a frame of which something is wanted.</summary>
    /// <param name="track">Its track.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="position">Its first sample's number.</param>
    /// <param name="count">Samples of it that are wanted.</param>
    /// <param name="jumped">True before the first wanted frame after a jump: what was refused until then belongs to the preroll. Set to false.</param>
    public void See(Track track, AVFrame* frame, long position, int count, ref bool jumped)
    {
        if (jumped)
        {
            _seenRefused = _refusedBefore = track.RefusedPackets;
            jumped = false;
        }

        if ((frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0 || frame->decode_error_flags != 0)
        {
            _corruptFrames++;
            _damagedSamples += count;
            _firstSample ??= position;
        }

        if (track.RefusedPackets != _seenRefused)
        {
            _seenRefused = track.RefusedPackets;
            _firstSample ??= position;
        }
    }

    /// <summary>The verdict.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="end">What the samples came from.</param>
    /// <param name="from">First wanted sample.</param>
    /// <param name="wantedTo">One past the last wanted sample, whether or not there is one.</param>
    /// <param name="position">How far decoding came.</param>
    public DecoderFault? Judge(DecodeSession session, TrackEnd end, long from, long wantedTo, long position)
    {
        long promised = Math.Max(promisedSamples ?? 0, position + (long)(end.SecondsCutOff * rateHz));
        long to = Math.Min(wantedTo, Math.Max(position, promised));
        long refused = end.RefusedPackets - _refusedBefore;
        long promisedMissing = Math.Max(0, Math.Min(to, promised) - Math.Max(position, from) - (SlackFrames * end.FrameSamples));
        long missing = Math.Max(promisedMissing, refused * end.FrameSamples);
        if (missing > 0)
        {
            _firstSample ??= Math.Max(position, from);
        }

        Report = new DamageReport
        {
            CorruptFrames = _corruptFrames,
            RefusedPackets = refused,
            MissingSamples = missing,
            FirstAt = _firstSample is { } first ? TimeSpan.FromSeconds((double)first / rateHz) : null,
        };
        if (end.ReadingBrokeOff is { } error && position < to)
        {
            return session.Fault(FaultKind.Corrupt, $"The file breaks off at {(double)position / rateHz:0.###} s of audio: {error}.");
        }

        double share = (double)(missing + _damagedSamples) / Math.Max(1, to - from);
        return share > session.Limits.MaxDamagedAudioShare
            ? session.Fault(FaultKind.Corrupt, $"{Math.Min(1, share):P1} of the audio is damaged or missing, from {Report.FirstAt?.TotalSeconds:0.###} s on: {refused} packets refused, {_corruptFrames} frames corrupt, {missing} samples missing.")
            : null;
    }
}
