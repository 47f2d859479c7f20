using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>One picture; of a file with several the first.</summary>
internal static unsafe class ImageDecode
{
    public static DecodeAnswer Run(DecodeSession session, ImageSpec spec)
    {
        using var writer = new PictureWriter(session);
        return Add(session, session.Request.Source, writer, spec.Width, spec.Height, out (int Width, int Height) size) is { } fault
            ? new DecodeAnswer(fault)
            : new DecodeAnswer(new DecodedClip(ElementType.UInt8, [size.Height, size.Width, 3]));
    }

    /// <summary>Decodes one picture and adds it to the payload.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="source">Where the picture's bytes are.</param>
    /// <param name="writer">Writes it.</param>
    /// <param name="width">Width of the result; null for the picture's own.</param>
    /// <param name="height">Height of the result; null for the picture's own.</param>
    /// <param name="size">What it came to.</param>
    public static DecoderFault? Add(DecodeSession session, ClipSource source, PictureWriter writer, int? width, int? height, out (int Width, int Height) size)
    {
        size = default;
        if (Track.Open(session, source, AVMediaType.AVMEDIA_TYPE_VIDEO, out Track? opened) is { } fault)
        {
            return fault;
        }

        using Track track = opened!;
        AVFrame* frame = ffmpeg.av_frame_alloc();
        try
        {
            if (!track.Next(frame))
            {
                return session.PixelFault() ?? session.Fault(FaultKind.Corrupt, "No picture could be decoded.");
            }

            if (track.RefusedPackets > 0 || frame->decode_error_flags != 0 || (frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0)
            {
                return session.Fault(FaultKind.Corrupt, "The picture is damaged, and parts of it would be made up.");
            }

            DisplayTurn turn = DisplayTurn.Of(frame, track.Stream);
            (int uprightWidth, int uprightHeight) = turn.Sideways ? (frame->height, frame->width) : (frame->width, frame->height);
            size = (width ?? uprightWidth, height ?? uprightHeight);
            return writer.Write(frame, turn, size.Width, size.Height);
        }
        finally
        {
            ffmpeg.av_frame_free(&frame);
        }
    }
}
