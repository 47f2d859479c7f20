using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// Counts what is wrong with the audio that is wanted: packets refused or marked, frames marked corrupt, samples lost or promised that never came.
/// </summary>
/// <param name="rateHz">Samples a second of the track.</param>
/// <param name="promisedSamples">Samples of each channel that the header promises; null where it does not.</param>
internal sealed unsafe class AudioDamage(int rateHz, long? promisedSamples)
{
    private (long Refused, long Marked) _before;
    private (long Refused, long Marked) _seen;
    private long _corruptFrames;
    private long _damagedSamples;
    private long _lostSamples;
    private long? _firstSample;

    public DamageReport Report { get; private set; } = DamageReport.None;

    /// <summary>Looks at a frame of which something is wanted.</summary>
    /// <param name="frames">The track's frames, at this one.</param>
    /// <param name="count">Samples of it that are wanted.</param>
    /// <param name="startsLater">
    /// True until the first wanted frame of a range that begins later than the track. Packets refused until then lie before the range and do not count.
    /// Set to false.
    /// </param>
    public void See(AudioFrames frames, int count, ref bool startsLater)
    {
        var now = (frames.RefusedPackets, frames.MarkedPackets);
        if (startsLater)
        {
            _seen = _before = now;
            startsLater = false;
        }

        if ((frames.Frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0 || frames.Frame->decode_error_flags != 0)
        {
            _corruptFrames++;
            _damagedSamples += count;
            _firstSample ??= frames.Position;
        }

        if (now != _seen)
        {
            _seen = now;
            _firstSample ??= frames.Position - frames.LostBefore;
        }
    }

    /// <summary>Counts samples that were no numbers.</summary>
    /// <param name="position">The first of them.</param>
    /// <param name="count">How many there are in a frame.</param>
    public void Spoil(long position, long count)
    {
        _corruptFrames++;
        _damagedSamples += count;
        _firstSample ??= position;
    }

    /// <summary>Counts samples that, by the container's clock, were lost.</summary>
    /// <param name="position">The first of them.</param>
    /// <param name="count">How many of them are wanted.</param>
    public void Lose(long position, long count)
    {
        _lostSamples += count;
        _firstSample ??= position;
    }

    /// <summary>The verdict.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="end">What the samples came from.</param>
    /// <param name="from">First wanted sample.</param>
    /// <param name="wantedTo">One past the last wanted sample, whether or not there is one.</param>
    /// <param name="position">How far decoding came.</param>
    public DecoderFault? Judge(DecodeState session, AudioDamageEvidence end, long from, long wantedTo, long position)
    {
        long cutOff = (long)((end.SecondsCutOff ?? 0) * rateHz);
        long promised = Math.Max(promisedSamples ?? 0, position + cutOff);
        long to = Math.Min(wantedTo, Math.Max(position, promised));
        long refused = end.RefusedPackets - _before.Refused;
        long marked = end.MarkedPackets - _before.Marked;
        long promisedMissing = Math.Max(0, Math.Min(to, promised) - Math.Max(position, from) - end.SlackSamples);
        long missing = Math.Max(promisedMissing + _lostSamples, refused * end.FrameSamples);
        if (missing > 0)
        {
            _firstSample ??= Math.Max(position, from);
        }

        Report = new DamageReport
        {
            CorruptFrameCount = _corruptFrames + marked,
            RefusedPacketCount = refused,
            MissingSampleCount = missing,
            FirstAt = _firstSample is { } first ? TimeSpan.FromSeconds((double)first / rateHz) : null,
        };

        bool allCame = promisedSamples is { } count ? position + end.SlackSamples >= count : end.SecondsCutOff is not null && cutOff <= end.SlackSamples;
        if (end.ReadingBrokeOff is { } error && position < wantedTo && !allCame)
        {
            return session.Fault(FaultKind.Corrupt, $"The file breaks off at {(double)position / rateHz:0.###} s of audio: {error}.");
        }

        // A packet that the container marked is often also refused by the decoder: it must not count as damaged and as missing.
        long damaged = _damagedSamples + (Math.Max(0, marked - refused) * end.FrameSamples);
        double share = (double)(missing + damaged) / Math.Max(1, to - from);
        return share > session.Limits.MaxDamagedAudioShare
            ? session.Fault(
                FaultKind.Corrupt,
                $"{Math.Min(1, share):P1} of the audio is damaged or missing, from {Report.FirstAt?.TotalSeconds:0.###} s on: "
                + $"{refused} packets refused, {Report.CorruptFrameCount} frames corrupt, {missing} samples missing.")
            : null;
    }
}
