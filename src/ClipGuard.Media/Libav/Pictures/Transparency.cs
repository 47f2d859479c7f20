using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>Recognises formats with transparent pixels, and lays such pixels over a background.</summary>
internal static unsafe class Transparency
{
    private const int Opaque = 255;

    /// <summary>True for formats that can hold transparent pixels; a palette's colours may be.</summary>
    public static bool Of(AVPixelFormat format)
    {
        AVPixFmtDescriptor* description = ffmpeg.av_pix_fmt_desc_get(format);
        return format == AVPixelFormat.AV_PIX_FMT_PAL8 || (description != null && (description->flags & ffmpeg.AV_PIX_FMT_FLAG_ALPHA) != 0);
    }

    /// <summary>Lays RGBA pixels over a colour, in place. Their fourth byte is left as it is.</summary>
    public static void LayOver(byte* rgba, long pixels, RgbColor background)
    {
        for (byte* end = rgba + (pixels * 4); rgba < end; rgba += 4)
        {
            int alpha = rgba[3];
            if (alpha != Opaque)
            {
                rgba[0] = Mix(rgba[0], background.Red, alpha);
                rgba[1] = Mix(rgba[1], background.Green, alpha);
                rgba[2] = Mix(rgba[2], background.Blue, alpha);
            }
        }
    }

    private static byte Mix(int over, int under, int alpha) => (byte)(((over * alpha) + (under * (Opaque - alpha)) + (Opaque / 2)) / Opaque);
}
