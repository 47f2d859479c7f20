using System.Globalization;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// Writes the wanted time range of an audio track to the payload: cut out to the sample, resampled, kept within the limits, judged for damage at the end.
/// The same for every decoder that the samples may come from.
/// </summary>
/// <param name="session">The decode.</param>
/// <param name="spec">What is wanted.</param>
/// <param name="payload">Where it goes.</param>
/// <param name="rateHz">Samples a second of the track.</param>
/// <param name="channels">Channels of the track.</param>
/// <param name="promisedSamples">Samples of each channel that the header promises; null where it does not.</param>
internal sealed unsafe class AudioRangeWriter(
    DecodeState session, AudioSpec spec, PayloadBuffer payload, int rateHz, int channels, long? promisedSamples) : IDisposable
{
    private const int MaxChannels = 64;

    private readonly Resampler _resampler = new(payload, spec, rateHz, channels);
    private readonly long _to = spec.DurationSeconds is { } seconds ? (long)(spec.StartSeconds * rateHz) + (long)(seconds * rateHz) : long.MaxValue;

    /// <summary>The first wanted sample.</summary>
    public long From { get; } = (long)(spec.StartSeconds * rateHz);

    /// <summary>The number of the sample that is decoded next.</summary>
    public long Position { get; set; }

    /// <summary>True once all that is wanted was taken.</summary>
    public bool IsWhole => Position >= _to;

    public AudioDamage Damage { get; } = new(rateHz, promisedSamples);

    /// <summary>What was delivered, after <see cref="Finish"/>.</summary>
    public DecodedClip Clip => new(ElementType.Float32, [_resampler.Channels, (int)_resampler.Length])
    {
        SampleRateHz = _resampler.TargetRateHz,
        Damage = Damage.Report,
    };

    /// <summary>Checks what is known before anything is decoded.</summary>
    public DecoderFault? Begin() => Refuse(session, new AudioTrackShape(rateHz, channels, promisedSamples));

    /// <summary>Why a track is not decoded at all; null where it may be.</summary>
    public static DecoderFault? Refuse(DecodeState session, AudioTrackShape track) =>
        track.Channels > MaxChannels
            ? session.Fault(FaultKind.Unsupported, $"The track has {track.Channels} channels; at most {MaxChannels} can be resampled.")
        : session.Limits.MaxDuration is { } max && (track.DeclaredSamples ?? 0) > max.TotalSeconds * track.RateHz ? DurationFault(session)
        : null;

    /// <summary>The fault of a track that holds more of what is wanted than the payload can take; null where it does not.</summary>
    /// <param name="claimedSamples">
    /// Samples of each channel that the track has. Encoders' delay and padding may be among them, so that a second more is no fault yet.
    /// </param>
    public DecoderFault? TooMuch(long claimedSamples)
    {
        Int128 wanted = Int128.Max(0, (Int128)Math.Min(_to, claimedSamples - rateHz) - From);
        Int128 bytes = wanted * _resampler.TargetRateHz / rateHz * _resampler.Channels * sizeof(float);
        return bytes > payload.Capacity
            ? session.PayloadFault(string.Create(
                CultureInfo.InvariantCulture, $"The audio that is wanted lasts {(double)wanted / rateHz:0.###} s, which as decoded"))
            : null;
    }

    /// <summary>Skips a gap: the next sample has a higher number than the one that was expected.</summary>
    /// <param name="position">Its number.</param>
    /// <param name="lost">How many samples right before it were lost; 0 where the recording paused.</param>
    public void MoveTo(long position, long lost)
    {
        long first = Math.Max(From, position - lost);
        long count = Math.Min(_to, position) - first;
        if (count > 0 && lost > 0)
        {
            Damage.Lose(first, count);
        }

        Position = position;
    }

    /// <summary>Which of the next samples are wanted.</summary>
    /// <param name="samples">How many there are.</param>
    /// <param name="sampleRateHz">How many of them come to a second: positions are counted at the track's first rate, and it may change on the way.</param>
    public (int First, int Count) Wanted(int samples, int sampleRateHz)
    {
        int first = (int)Math.Clamp(Distance(From, sampleRateHz), 0, samples);
        return (first, (int)Math.Clamp(Distance(_to, sampleRateHz), first, samples) - first);
    }

    /// <summary>Takes what is wanted of the present frame.</summary>
    /// <param name="frames">The track's frames, at this one.</param>
    /// <param name="startsLater">True until the first wanted frame of a range that begins later than the track; set to false.</param>
    public DecoderFault? Take(AudioFrames frames, ref bool startsLater)
    {
        MoveTo(frames.Position, frames.LostBefore);
        if (Wanted(frames.Samples, frames.Frame->sample_rate).Count is > 0 and var count)
        {
            Damage.See(frames, count, ref startsLater);
        }

        return Take(frames.Frame, frames.Samples);
    }

    /// <summary>Takes the next samples, and of them what is wanted.</summary>
    /// <param name="frame">The frame that holds them.</param>
    /// <param name="samples">How many of its samples belong to the track.</param>
    public DecoderFault? Take(AVFrame* frame, int samples)
    {
        (int first, int count) = Wanted(samples, frame->sample_rate);
        if (count > 0)
        {
            if (NonFiniteSilencer.Silence(frame, first, count, out int at) is > 0 and var silenced)
            {
                Damage.Spoil(Position + at, silenced);
            }

            session.Marks.Enter(DecodeStage.Convert);
            int error = _resampler.Convert(frame, first, count);
            if (error != 0)
            {
                return ConversionFault(error);
            }
        }

        Position += (long)samples * rateHz / frame->sample_rate;
        return session.Limits.MaxDuration is { } max && Position > max.TotalSeconds * rateHz ? DurationFault(session) : null;
    }

    /// <summary>Brings the result to its exact length, and judges it.</summary>
    public DecoderFault? Finish(AudioDamageEvidence end)
    {
        int error = _resampler.Finish();
        if (error != 0)
        {
            return ConversionFault(error);
        }

        if (_resampler.Length == 0)
        {
            string why = IsWhole ? "the recording paused there" : $"the track ends at {(double)Position / rateHz:0.###} s";
            return session.Fault(FaultKind.Corrupt, $"There is no audio from {spec.StartSeconds} s on; {why}.");
        }

        return Damage.Judge(session, end, From, _to, Position);
    }

    public void Dispose() => _resampler.Dispose();

    // From the next sample on to a position, in samples of a rate.
    private long Distance(long position, int sampleRateHz) => sampleRateHz == rateHz || position == long.MaxValue
        ? position - Position
        : (long)((((Int128)(position - Position) * sampleRateHz) + rateHz - 1) / rateHz);

    private DecoderFault ConversionFault(int error) => error == Resampler.PayloadFull
        ? session.PayloadFault("The decoded audio")
        : spec.Resampler == AudioResampler.Soxr && _resampler.Length == 0
            ? session.Fault(FaultKind.Unsupported, "This FFmpeg was built without the soxr resampler.")
            : session.FaultOf(error, "The audio could not be resampled");

    private static DecoderFault DurationFault(DecodeState session) =>
        session.Fault(FaultKind.LimitExceeded, $"The audio is longer than the limit of {session.Limits.MaxDuration!.Value.TotalSeconds} s.");
}
