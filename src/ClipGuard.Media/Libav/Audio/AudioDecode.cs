using System.Runtime.CompilerServices;

using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>A clip's audio as one stretch of samples.</summary>
internal static unsafe class AudioDecode
{
    // Packets that are damaged beyond this share of all make the clip corrupt.
    private const double DamagedShare = 0.01;

    public static DecodeAnswer Run(DecodeSession session, AudioSpec spec)
    {
        if (Track.Open(session, session.Request.Source, AVMediaType.AVMEDIA_TYPE_AUDIO, spec.Track, out Track? opened) is { } fault)
        {
            return new DecodeAnswer(fault);
        }

        using Track track = opened!;
        using var resampler = new Resampler(session.Payload, spec.SampleRateHz);
        fault = Resample(session, track, resampler, out DamageReport damage)
            ?? FixLength(session, resampler.ExpectedSamples)
            ?? Judge(session, track, damage);
        return fault is null
            ? new DecodeAnswer(new DecodedClip(ElementType.Float32, [1, (int)(session.Payload.Length / sizeof(float))])
            {
                SampleRateHz = spec.SampleRateHz,
                Damage = damage,
            })
            : new DecodeAnswer(fault);
    }

    private static DecoderFault? Resample(DecodeSession session, Track track, Resampler resampler, out DamageReport damage)
    {
        AVFrame* frame = ffmpeg.av_frame_alloc();
        long corrupt = 0;
        int error = 0;
        while (error == 0 && track.Next(frame))
        {
            corrupt += (frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0 || frame->decode_error_flags != 0 ? 1 : 0;
            session.Marks.Enter(DecodeStage.Convert);
            error = resampler.Convert(frame);
            ffmpeg.av_frame_unref(frame);
        }

        ffmpeg.av_frame_free(&frame);
        error = error == 0 ? resampler.Flush() : error;
        damage = new DamageReport { CorruptFrames = corrupt, RefusedPackets = track.RefusedPackets };
        return error switch
        {
            0 => null,
            > 0 => session.PayloadFault("The decoded audio"),
            _ => session.FaultOf(error, "The audio could not be resampled"),
        };
    }

    // A resampler gives a few samples more or fewer, by where its filter ends; librosa cuts or fills with zeros to the exact length, and so is it done here.
    private static DecoderFault? FixLength(DecodeSession session, long samples)
    {
        long bytes = samples * sizeof(float);
        long written = session.Payload.Length;
        if (written >= bytes)
        {
            session.Payload.Trim(bytes);
            return null;
        }

        if (!session.Payload.TryTake(bytes - written, out byte* rest))
        {
            return session.PayloadFault("The decoded audio");
        }

        Unsafe.InitBlockUnaligned(rest, 0, (uint)(bytes - written));
        return null;
    }

    private static DecoderFault? Judge(DecodeSession session, Track track, DamageReport damage)
    {
        if (session.Payload.Length == 0)
        {
            return session.Fault(FaultKind.Corrupt, "Not one audio sample could be decoded.");
        }

        if (track.ReadingBrokeOff is { } error)
        {
            return session.Fault(FaultKind.Corrupt, $"The file breaks off before its end: {error}.");
        }

        long damaged = damage.CorruptFrames + damage.RefusedPackets;
        return damaged > DamagedShare * track.Packets
            ? session.Fault(FaultKind.Corrupt, $"{damaged} of {track.Packets} audio packets are damaged.")
            : null;
    }
}
