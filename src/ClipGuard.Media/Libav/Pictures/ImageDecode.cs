using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>One picture; of a file with several the first.</summary>
internal static unsafe class ImageDecode
{
    public static DecodeAnswer Run(DecodeState session, ImageSpec spec)
    {
        using var writer = new PictureWriter(session, spec);
        writer.Begin(1);
        if (Add(session, session.Request.Source, writer, [0], out bool damaged) is { } fault)
        {
            return new DecodeAnswer(fault);
        }

        return damaged && session.Limits.MaxDamagedFrames < 1
            ? new DecodeAnswer(session.Fault(FaultKind.Corrupt, "The picture is damaged, and parts of it would be made up."))
            : new DecodeAnswer(new DecodedClip(ElementType.UInt8, writer.Shape!)
            {
                InterlacedFrameCount = writer.InterlacedFrames,
                Damage = damaged ? new DamageReport { CorruptFrameCount = 1, DamagedWantedFrameCount = 1 } : DamageReport.None,
            });
    }

    /// <summary>Decodes one picture into its slots in the payload.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="source">Where the picture is.</param>
    /// <param name="writer">What writes it.</param>
    /// <param name="slots">Its slots, at least one.</param>
    /// <param name="damaged">True where parts of it are made up.</param>
    public static DecoderFault? Add(DecodeState session, ClipSource source, PictureWriter writer, ReadOnlySpan<int> slots, out bool damaged)
    {
        damaged = false;
        PictureHalvings? halvings = session.Request.Spec is ImageSpec { JpegScale: JpegScale.Fast } spec
            ? (container, stream) => ReducedJpeg.Halvings(spec, container, stream)
            : null;
        if (Track.Open(session, source, AVMediaType.AVMEDIA_TYPE_VIDEO, null, out Track? opened, halvings: halvings) is { } fault)
        {
            return fault;
        }

        using Track track = opened!;
        AVFrame* frame = ffmpeg.av_frame_alloc();
        try
        {
            return !DecodeFirst(session, track, frame, out DisplayRotation turn, out damaged) ? NoPicture(session, track)
                : track.Container.Item is { AlphaCoding: not null } item ? WriteWithAlpha(session, track, item, frame, turn, writer, slots, ref damaged)
                : writer.Write(frame, track, turn, slots);
        }
        finally
        {
            ffmpeg.av_frame_free(&frame);
        }
    }

    // What is seen through is told by another picture of the same file.
    private static DecoderFault? WriteWithAlpha(
        DecodeState session,
        Track track,
        HeifMainPicture item,
        AVFrame* frame,
        DisplayRotation turn,
        PictureWriter writer,
        ReadOnlySpan<int> slots,
        ref bool damaged)
    {
        AVFrame* alpha = ffmpeg.av_frame_alloc();
        damaged |= !HeifAlpha.Decode(session, track, item, alpha);
        DecoderFault? fault = writer.Write(frame, track, turn, slots, alpha->width > 0 ? alpha : null, item.IsPremultiplied);
        ffmpeg.av_frame_free(&alpha);
        return fault;
    }

    private static DecoderFault NoPicture(DecodeState session, Track track) => session.PixelFault() ?? session.AnimationFault() ?? (track.LacksFeature
        ? session.Fault(FaultKind.Unsupported, $"This FFmpeg cannot decode such a picture ({ffmpeg.avcodec_get_name(track.Stream->codecpar->codec_id)}).")
        : session.Fault(FaultKind.Corrupt, "No picture could be decoded."));

    /// <summary>Decodes a track's first picture.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="track">The track, nothing of it read yet.</param>
    /// <param name="frame">Receives the picture.</param>
    /// <param name="turn">How it is to be turned.</param>
    /// <param name="damaged">True where parts of it are made up.</param>
    /// <returns>False where there is none.</returns>
    public static bool DecodeFirst(DecodeState session, Track track, AVFrame* frame, out DisplayRotation turn, out bool damaged)
    {
        (turn, damaged) = (default, false);
        if (TiledTiffDecode.PiecesOf(track) is { } pieces)
        {
            turn = ExifOrientation.Turn(pieces.Orientation);
            return TiledTiffDecode.Decode(session, pieces, frame, out damaged);
        }

        if (track.Container.Item is { Grid: { } grid } item)
        {
            turn = item.Turn;
            return HeifGridDecode.Decode(session, track, grid, frame, out damaged);
        }

        AVPacket* packet = ffmpeg.av_packet_alloc();
        int state;
        while ((state = track.Receive(frame)) is Track.WantsPacket or Track.Refused && !session.ShouldStop())
        {
            damaged |= state == Track.Refused;
            if (state == Track.WantsPacket)
            {
                bool more = track.Read(packet);
                if (more && track.Stream->codecpar->codec_id == VersionedCodecIds.Webp)
                {
                    packet->size = AnimatedWebpFirstFrame.KeepFirst(new Span<byte>(packet->data, packet->size));
                }

                turn = more && turn.IsUpright ? PictureOrientationReader.OfPacket(packet, track.Stream->codecpar->codec_id) : turn;
                damaged |= !track.Send(more ? packet : null);
                ffmpeg.av_packet_unref(packet);
            }
        }

        ffmpeg.av_packet_free(&packet);
        if (state <= 0)
        {
            return false;
        }

        damaged |= track.MarkedPackets > 0 || track.ConcealedPackets > 0
            || frame->decode_error_flags != 0 || (frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0;
        turn = turn.IsUpright ? PictureOrientationReader.OfFrame(frame, track) : turn;
        return true;
    }
}
