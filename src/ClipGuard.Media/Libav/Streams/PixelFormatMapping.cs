using ClipGuard.Media.Streams;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Streams;

/// <summary>Maps FFmpeg's pixel formats to those that a raw stream can have.</summary>
internal static unsafe class PixelFormatMapping
{
    /// <summary>The sampling and depth of a pixel format, or of the nearest that a stream can have without losing any of it.</summary>
    public static (ChromaSampling Chroma, int BitDepth) Nearest(AVPixelFormat format)
    {
        AVPixFmtDescriptor* description = ffmpeg.av_pix_fmt_desc_get(format);
        if (description == null)
        {
            return (ChromaSampling.Yuv420, 8);
        }

        int depth = description->comp[0].depth;
        int bits = VideoShape.BitDepths.FirstOrDefault(known => known >= depth, 16);
        bool grey = description->nb_components < 3;
        bool rgb = (description->flags & ffmpeg.AV_PIX_FMT_FLAG_RGB) != 0;
        ChromaSampling chroma = rgb ? ChromaSampling.Yuv444
            : grey ? ChromaSampling.Yuv420
            : (description->log2_chroma_w, description->log2_chroma_h) switch
            {
                (0, _) => ChromaSampling.Yuv444,
                (_, 0) => ChromaSampling.Yuv422,
                _ => ChromaSampling.Yuv420,
            };
        return (chroma, bits);
    }

    /// <summary>FFmpeg's number of a shape's pixel format.</summary>
    public static AVPixelFormat Of(VideoShape shape) => ffmpeg.av_get_pix_fmt(shape.PixelFormat);

    /// <summary>True where samples use their full range: the stream says so, or the format is one of the deprecated J formats.</summary>
    public static bool IsFullRange(AVColorRange range, AVPixelFormat format) =>
        range == AVColorRange.AVCOL_RANGE_JPEG || ffmpeg.av_get_pix_fmt_name(format).StartsWith("yuvj", StringComparison.Ordinal);

    /// <summary>True where a frame's planes are already what the shape asks for, sample by sample.</summary>
    public static bool AreSame(AVPixelFormat format, VideoShape shape)
    {
        string name = ffmpeg.av_get_pix_fmt_name(format);
        return name == shape.PixelFormat || (shape.BitDepth == 8 && name == $"yuvj{shape.Subsampling}p");
    }
}
