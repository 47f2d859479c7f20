using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>Puts a picture together from pieces that are decoded one by one.</summary>
internal static unsafe class TiledTiffDecode
{
    /// <summary>The pieces of a track's picture; null where FFmpeg decodes it by itself.</summary>
    public static TiffPieces? PiecesOf(Track track) =>
        track.Stream->codecpar->codec_id == AVCodecID.AV_CODEC_ID_TIFF && TiffDirectory.Read(track.Container.Bytes) is { } tiff
            ? TiffPieces.Of(track.Container.Bytes, tiff)
            : null;

    /// <summary>Decodes all pieces.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="pieces">The pieces.</param>
    /// <param name="frame">Receives the picture; empty.</param>
    /// <param name="damaged">True where a piece is damaged or missing. What is missing is black.</param>
    /// <returns>False where no piece came out.</returns>
    public static bool Decode(DecodeState session, TiffPieces pieces, AVFrame* frame, out bool damaged)
    {
        damaged = true;
        using StillDecoder? decoder = StillDecoder.Open(session, ffmpeg.avcodec_find_decoder_by_name(pieces.Decoder));
        if (decoder is null || (long)pieces.Width * pieces.Height > session.Limits.MaxFramePixels)
        {
            return false;
        }

        damaged = false;
        AVFrame* piece = ffmpeg.av_frame_alloc();
        for (int i = 0; i < pieces.Across * pieces.Down && !session.ShouldStop(); i++)
        {
            bool came = pieces.File(i) is { Length: > 0 } file && decoder.Decode(file, piece, out bool pieceDamaged) && !pieceDamaged;
            damaged |= !came || !(frame->width > 0 || Begin(frame, piece, pieces)) || !Place(frame, piece, pieces, i);
            ffmpeg.av_frame_unref(piece);
        }

        ffmpeg.av_frame_free(&piece);
        return frame->width > 0;
    }

    // The picture is of the kind that its first piece is of.
    private static bool Begin(AVFrame* frame, AVFrame* piece, TiffPieces pieces)
    {
        (frame->width, frame->height, frame->format) = (pieces.Width, pieces.Height, piece->format);
        if (ffmpeg.av_frame_get_buffer(frame, 0) < 0 || ffmpeg.av_frame_copy_props(frame, piece) < 0)
        {
            ffmpeg.av_frame_unref(frame);
            return false;
        }

        for (int plane = 0; frame->data[(uint)plane] != null; plane++)
        {
            bool isPalette = plane == 1 && piece->format == (int)AVPixelFormat.AV_PIX_FMT_PAL8;
            if (isPalette)
            {
                Buffer.MemoryCopy(piece->data[1], frame->data[1], PaletteBytes, PaletteBytes);
                break;
            }

            new Span<byte>(frame->data[(uint)plane], frame->linesize[(uint)plane] * Rows(frame, plane, frame->height)).Clear();
        }

        return true;
    }

    private const int PaletteBytes = 1024;

    private static bool Place(AVFrame* frame, AVFrame* piece, TiffPieces pieces, int number)
    {
        (int x, int y) = (number % pieces.Across * pieces.PieceWidth, number / pieces.Across * pieces.PieceHeight);
        (int width, int height) = (Math.Min(pieces.PieceWidth, frame->width - x), Math.Min(pieces.PieceHeight, frame->height - y));
        if (piece->format != frame->format || piece->width < width || piece->height < height || !BeginsSample(frame, x, y))
        {
            return false;
        }

        int planes = piece->format == (int)AVPixelFormat.AV_PIX_FMT_PAL8 ? 1 : 4;
        for (int plane = 0; plane < planes && frame->data[(uint)plane] != null; plane++)
        {
            (int left, int right) = (BytesBefore(frame, plane, x), BytesBefore(frame, plane, x + width));
            int top = Rows(frame, plane, y);
            for (int row = 0; row < Rows(frame, plane, y + height) - top; row++)
            {
                byte* from = piece->data[(uint)plane] + ((long)row * piece->linesize[(uint)plane]);
                byte* to = frame->data[(uint)plane] + ((long)(top + row) * frame->linesize[(uint)plane]) + left;
                Buffer.MemoryCopy(from, to, right - left, right - left);
            }
        }

        return true;
    }

    // A piece that begins between two chroma samples, or within a byte of several pixels, cannot be put where it belongs.
    private static bool BeginsSample(AVFrame* frame, int x, int y)
    {
        AVPixFmtDescriptor* format = ffmpeg.av_pix_fmt_desc_get((AVPixelFormat)frame->format);
        bool isBits = (format->flags & ffmpeg.AV_PIX_FMT_FLAG_BITSTREAM) != 0;
        int between = IsChroma(format, 1) ? (x & ((1 << format->log2_chroma_w) - 1)) | (y & ((1 << format->log2_chroma_h) - 1)) : 0;
        return between == 0 && (!isBits || x % 8 == 0);
    }

    // Chroma planes of half the width or height have one more sample where that is odd.
    private static int Rows(AVFrame* frame, int plane, int rows)
    {
        AVPixFmtDescriptor* format = ffmpeg.av_pix_fmt_desc_get((AVPixelFormat)frame->format);
        return IsChroma(format, plane) ? (rows + (1 << format->log2_chroma_h) - 1) >> format->log2_chroma_h : rows;
    }

    private static int BytesBefore(AVFrame* frame, int plane, int x)
    {
        AVPixFmtDescriptor* format = ffmpeg.av_pix_fmt_desc_get((AVPixelFormat)frame->format);
        x = IsChroma(format, plane) ? (x + (1 << format->log2_chroma_w) - 1) >> format->log2_chroma_w : x;
        uint component = 0;
        while (component < format->nb_components && format->comp[component].plane != plane)
        {
            component++;
        }

        // A step is one of bits where several pixels share a byte.
        int step = format->comp[component].step;
        return (format->flags & ffmpeg.AV_PIX_FMT_FLAG_BITSTREAM) != 0 ? ((x * step) + 7) / 8 : x * step;
    }

    private static bool IsChroma(AVPixFmtDescriptor* format, int plane) => plane is 1 or 2 && (format->flags & ffmpeg.AV_PIX_FMT_FLAG_RGB) == 0
        && format->nb_components >= 3;
}
