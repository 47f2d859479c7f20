using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>Recognises formats with transparent pixels, and lays such pixels over a background.</summary>
internal static unsafe class AlphaCompositing
{
    private const int Opaque = 255;

    /// <summary>True for formats that can hold transparent pixels; a palette's colours may be.</summary>
    public static bool Of(AVPixelFormat format)
    {
        AVPixFmtDescriptor* description = ffmpeg.av_pix_fmt_desc_get(format);
        return format == AVPixelFormat.AV_PIX_FMT_PAL8 || (description != null && (description->flags & ffmpeg.AV_PIX_FMT_FLAG_ALPHA) != 0);
    }

    /// <summary>Gives RGBA pixels another alpha.</summary>
    public static void SetAlpha(byte* rgba, byte* alpha, long pixels)
    {
        for (long i = 0; i < pixels; i++)
        {
            rgba[(4 * i) + 3] = alpha[i];
        }
    }

    /// <summary>Lays RGBA pixels over a colour, in place. Their fourth byte is left as it is.</summary>
    /// <param name="rgba">The pixels.</param>
    /// <param name="pixels">How many they are.</param>
    /// <param name="background">The colour.</param>
    /// <param name="isPremultiplied">True where the pixels' colours were multiplied by their alpha already.</param>
    public static void LayOver(byte* rgba, long pixels, RgbColor background, bool isPremultiplied = false)
    {
        for (byte* end = rgba + (pixels * 4); rgba < end; rgba += 4)
        {
            int alpha = rgba[3];
            if (alpha != Opaque)
            {
                int weight = isPremultiplied ? Opaque : alpha;
                rgba[0] = Mix(rgba[0], weight, background.Red, alpha);
                rgba[1] = Mix(rgba[1], weight, background.Green, alpha);
                rgba[2] = Mix(rgba[2], weight, background.Blue, alpha);
            }
        }
    }

    // A colour that is brighter than its alpha allows was rounded up, or is none.
    private static byte Mix(int over, int weight, int under, int alpha) =>
        (byte)Math.Min(Opaque, ((over * weight) + (under * (Opaque - alpha)) + (Opaque / 2)) / Opaque);
}
