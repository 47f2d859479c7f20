using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>Pixels to be scaled: a decoded frame's, or packed ones of our own.</summary>
internal unsafe struct PixelSource
{
    private const int Planes = 4;

    public int Width;
    public int Height;
    public AVPixelFormat Format;
    public AVColorSpace Space;
    public bool FullRange;
    public byte* Plane0;
    public byte* Plane1;
    public byte* Plane2;
    public byte* Plane3;
    public fixed int Strides[Planes];

    /// <summary>A frame's pixels.</summary>
    public static PixelSource Of(AVFrame* frame)
    {
        var source = new PixelSource
        {
            Width = frame->width,
            Height = frame->height,
            Format = WithoutRange((AVPixelFormat)frame->format, out bool fullByName),
            Space = frame->colorspace,
            FullRange = fullByName || frame->color_range == AVColorRange.AVCOL_RANGE_JPEG
                || (frame->color_range == AVColorRange.AVCOL_RANGE_UNSPECIFIED && IsGray((AVPixelFormat)frame->format)),
            Plane0 = frame->data[0],
            Plane1 = frame->data[1],
            Plane2 = frame->data[2],
            Plane3 = frame->data[3],
        };
        for (uint i = 0; i < Planes; i++)
        {
            source.Strides[i] = frame->linesize[i];
        }

        return source;
    }

    /// <summary>Packed pixels without gaps between rows.</summary>
    public static PixelSource Packed(byte* pixels, int width, int height, AVPixelFormat format, int pixelBytes)
    {
        var source = new PixelSource { Width = width, Height = height, Format = format, FullRange = true, Plane0 = pixels };
        source.Strides[0] = width * pixelBytes;
        return source;
    }

    // Gray pictures that name no range are taken for full range, as libswscale does.
    private static bool IsGray(AVPixelFormat format)
    {
        AVPixFmtDescriptor* description = ffmpeg.av_pix_fmt_desc_get(format);
        return description != null && description->nb_components <= 2 && format != AVPixelFormat.AV_PIX_FMT_PAL8
            && (description->flags & ffmpeg.AV_PIX_FMT_FLAG_RGB) == 0;
    }

    // The deprecated J formats mean full range; libswscale logs a warning for each use, so the plain format is used with the range beside it.
    private static AVPixelFormat WithoutRange(AVPixelFormat format, out bool full)
    {
        AVPixelFormat plain = format switch
        {
            AVPixelFormat.AV_PIX_FMT_YUVJ420P => AVPixelFormat.AV_PIX_FMT_YUV420P,
            AVPixelFormat.AV_PIX_FMT_YUVJ422P => AVPixelFormat.AV_PIX_FMT_YUV422P,
            AVPixelFormat.AV_PIX_FMT_YUVJ444P => AVPixelFormat.AV_PIX_FMT_YUV444P,
            AVPixelFormat.AV_PIX_FMT_YUVJ440P => AVPixelFormat.AV_PIX_FMT_YUV440P,
            AVPixelFormat.AV_PIX_FMT_YUVJ411P => AVPixelFormat.AV_PIX_FMT_YUV411P,
            _ => format,
        };
        full = plain != format;
        return plain;
    }
}
