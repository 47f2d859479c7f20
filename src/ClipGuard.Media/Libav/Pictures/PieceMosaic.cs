using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>Puts decoded pieces into a picture, beside and below each other.</summary>
internal static unsafe class PieceMosaic
{
    private const int PaletteBytes = 1024;

    /// <summary>Puts a piece where it belongs.</summary>
    /// <param name="frame">The picture; empty before its first piece, whose kind it takes. What no piece covers is 0.</param>
    /// <param name="size">Its pixels.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="x">Its first column in the picture.</param>
    /// <param name="y">Its first row in the picture.</param>
    /// <param name="pieceSize">The piece's pixels; what lies beyond the picture is left out.</param>
    /// <returns>False where it is smaller than it should be or of another kind than the first, or cannot lie there, or memory is out.</returns>
    public static bool Place(AVFrame* frame, (int Width, int Height) size, AVFrame* piece, int x, int y, (int Width, int Height) pieceSize)
    {
        if (frame->width == 0 && !Begin(frame, size, piece))
        {
            return false;
        }

        (int width, int height) = (Math.Min(pieceSize.Width, frame->width - x), Math.Min(pieceSize.Height, frame->height - y));
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

    // The picture is of the kind that its first piece is of.
    private static bool Begin(AVFrame* frame, (int Width, int Height) size, AVFrame* piece)
    {
        (frame->width, frame->height, frame->format) = (size.Width, size.Height, piece->format);
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
