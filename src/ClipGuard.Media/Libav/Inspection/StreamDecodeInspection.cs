using ClipGuard.Media.Libav.Audio;
using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Libav.Pictures;
using ClipGuard.Media.Libav.Tracks;
using ClipGuard.Media.Libav.Video;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Inspection;

/// <summary>What comes out of a stream when it is decoded to its end, and what is damaged.</summary>
internal static unsafe class StreamDecodeInspection
{
    private const string NothingDecoded = "Not one audio sample could be decoded.";

    /// <summary>Decodes a stream, and adds what was found to its description.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="description">What the container says of the stream.</param>
    /// <param name="number">Which stream of its kind it is, from 0.</param>
    /// <param name="tooLong">The fault of a clip that turned out to be longer than the limit; null where it did not.</param>
    public static StreamDescription Of(DecodeState session, StreamDescription description, int number, out DecoderFault? tooLong)
    {
        tooLong = null;
        AVMediaType kind = description.Kind == StreamHeaderInspection.Audio ? AVMediaType.AVMEDIA_TYPE_AUDIO : AVMediaType.AVMEDIA_TYPE_VIDEO;
        if (Track.Open(session, session.Request.Source, kind, number, out Track? opened) is { } fault)
        {
            return description with { CountError = fault.Message };
        }

        using Track track = opened!;
        AVFrame* frame = ffmpeg.av_frame_alloc();
        StreamDescription found = description.Kind switch
        {
            StreamHeaderInspection.Audio => Audio(session, description, track, ref tooLong),
            StreamHeaderInspection.Image => Image(session, description, track, frame),
            _ => Video(session, description, track, frame, ref tooLong),
        };
        ffmpeg.av_frame_free(&frame);
        return found with { CountError = track.ReadingBrokeOff ?? found.CountError };
    }

    private static StreamDescription Audio(DecodeState session, StreamDescription description, Track track, ref DecoderFault? tooLong)
    {
        AudioDamage damage = new(Math.Max(1, track.Stream->codecpar->sample_rate), promisedSamples: null);
        using var decoded = new AudioFrames(track);
        long frames = 0;
        var samples = new Dictionary<int, long>();
        bool startsLater = false;
        while (tooLong is null && decoded.Next())
        {
            if (frames++ == 0)
            {
                // The header of HE-AAC may give half the rate, and others give none.
                AVFrame* first = decoded.Frame;
                description = description with { SampleRateHz = first->sample_rate, Channels = first->ch_layout.nb_channels };
                damage = new AudioDamage(Math.Max(1, first->sample_rate), DeclaredDuration.Samples(track, first->sample_rate));
            }

            if (decoded.LostBefore > 0)
            {
                damage.Lose(decoded.Position - decoded.LostBefore, decoded.LostBefore);
            }

            damage.See(decoded, decoded.Samples, ref startsLater);
            if (NonFiniteSilencer.Silence(decoded.Frame, 0, decoded.Samples, out int at) is > 0 and var silenced)
            {
                damage.Spoil(decoded.Position + at, silenced);
            }

            int rateHz = Math.Max(1, decoded.Frame->sample_rate);
            samples[rateHz] = samples.GetValueOrDefault(rateHz) + decoded.Samples;
            tooLong = session.DurationFault(samples.Sum(part => (double)part.Value / part.Key));
        }

        if (frames == 0)
        {
            return description with
            {
                FoundFrameCount = 0,
                FoundSampleCount = 0,
                Damage = new DamageReport
                {
                    RefusedPacketCount = decoded.RefusedPackets,
                    CorruptFrameCount = decoded.MarkedPackets,
                    MissingSampleCount = Math.Max(1, DeclaredDuration.Samples(track, track.Stream->codecpar->sample_rate) ?? 0),
                },
                CountError = NothingDecoded,
            };
        }

        damage.Judge(session, AudioDamageEvidence.Of(decoded), 0, long.MaxValue, decoded.Position + decoded.Samples);
        return description with { FoundFrameCount = frames, FoundSampleCount = AtRate(samples, description.SampleRateHz ?? 1), Damage = damage.Report };
    }

    // Where the rate changes on the way, a decode brings all to the first one.
    private static long AtRate(Dictionary<int, long> samples, int rateHz) =>
        samples.Sum(part => (long)((((Int128)part.Value * rateHz) + part.Key - 1) / part.Key));

    private static StreamDescription Video(DecodeState session, StreamDescription description, Track track, AVFrame* frame, ref DecoderFault? tooLong)
    {
        long frames = 0;
        long concealed = 0;
        long corrupt = 0;
        long hidden = 0;
        long interlaced = 0;
        long firstTicks = 0;
        TimeSpan? firstDamage = null;
        while (tooLong is null && track.Next(frame))
        {
            if (frames++ == 0)
            {
                description = StreamHeaderInspection.WithTurn(description, DisplayRotation.Of(frame, track.Stream));
                firstTicks = frame->best_effort_timestamp;
            }

            // A frame without a time is taken to be shown when the frame rate says.
            TimeSpan? shownAt = Between(firstTicks, frame->best_effort_timestamp, track.Stream->time_base);
            tooLong = session.DurationFault(shownAt?.TotalSeconds ?? (frames - 1) / description.FrameRateHz);

            interlaced += LibavBindings.IsInterlaced(frame) ? 1 : 0;
            bool isConcealed = frame->decode_error_flags != 0;
            bool isCorrupt = (frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0;
            concealed += isConcealed ? 1 : 0;
            corrupt += isCorrupt ? 1 : 0;
            if (isConcealed || isCorrupt || track.RefusedPackets + track.ConcealedPackets + track.MarkedPackets != hidden)
            {
                hidden = track.RefusedPackets + track.ConcealedPackets + track.MarkedPackets;
                firstDamage ??= Between(firstTicks, frame->best_effort_timestamp, track.Stream->time_base);
            }

            ffmpeg.av_frame_unref(frame);
        }

        return description with
        {
            FoundFrameCount = frames,
            InterlacedFrameCount = interlaced,
            Damage = new DamageReport
            {
                ConcealedFrameCount = concealed + track.ConcealedPackets,
                CorruptFrameCount = corrupt + track.MarkedPackets,
                RefusedPacketCount = track.RefusedPackets,

                // A video of which nothing comes out lacks all that it promises, whatever its packets are.
                MissingFrameCount = frames == 0 ? Math.Max(1, track.Stream->nb_frames) : Missing(track, description.FrameRateHz),
                FirstAt = firstDamage,
            },
        };
    }

    private static StreamDescription Image(DecodeState session, StreamDescription description, Track track, AVFrame* frame)
    {
        bool found = ImageDecode.DecodeFirst(session, track, frame, out DisplayRotation turn, out bool damaged);
        if (found && description.Width == 0)
        {
            // FFmpeg 5.1 does not read the size from the header of an animated WebP.
            string format = ffmpeg.av_get_pix_fmt_name((AVPixelFormat)frame->format);
            description = description with { Width = frame->width, Height = frame->height, PixelFormat = format };
        }

        return StreamHeaderInspection.WithTurn(description, turn) with
        {
            FoundFrameCount = found ? 1 : 0,
            Damage = new DamageReport { CorruptFrameCount = found && damaged ? 1 : 0, MissingFrameCount = found ? 0 : 1 },
        };
    }

    private static long Missing(Track track, double? rateHz)
    {
        AVRational unit = track.Stream->time_base;
        return track.LatestTicks is not { } latest || rateHz is not { } rate
            ? MissingFrames.NotRead(track, track.Packets)
            : MissingFrames.Missing(track, track.Packets, ((double)latest * unit.num / unit.den) + (1 / rate), rate);
    }

    private static TimeSpan? Between(long from, long to, AVRational unit) => from == ffmpeg.AV_NOPTS_VALUE || to == ffmpeg.AV_NOPTS_VALUE
        ? null
        : TimeSpan.FromSeconds((double)(to - from) * unit.num / unit.den);
}
