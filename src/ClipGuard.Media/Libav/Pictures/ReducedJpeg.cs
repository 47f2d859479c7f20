using ClipGuard.Media.Libav.Containers;
using ClipGuard.Media.Libav.Formats;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>
/// At which part of its size a JPEG may be decoded: of each block of 8×8 coefficients the decoder then makes 4×4, 2×2 or 1×1 pixels.
/// </summary>
internal static unsafe class ReducedJpeg
{
    private const int MostHalvings = 3;

    /// <summary>How often its sides may be halved: 0 where it is decoded whole.</summary>
    /// <param name="spec">What is wanted.</param>
    /// <param name="container">The open file.</param>
    /// <param name="stream">Its picture.</param>
    public static int Halvings(ImageSpec spec, Container container, AVStream* stream)
    {
        AVCodecParameters* codec = stream->codecpar;
        if (spec.JpegScale != JpegScale.Fast || codec->codec_id != AVCodecID.AV_CODEC_ID_MJPEG || !container.IsOnePicture
            || JpegHeader.Read(container.Bytes) is not { IsTransformed: true } header || (header.Width, header.Height) != (codec->width, codec->height))
        {
            return 0;
        }

        // How it is to be turned is known once it is decoded. Either way it is large enough then.
        return Math.Min(Halvings(spec.Size, header.Width, header.Height), Halvings(spec.Size, header.Height, header.Width));
    }

    private static int Halvings(OutputSize size, int width, int height)
    {
        int halvings = MostHalvings;
        ScaleCropPlan? plan = ScaleCropPlan.For(size, width, height, frames: null);
        while (halvings > 0 && !(plan is { } wanted && Reduced(width, halvings) >= wanted.ScaledWidth && Reduced(height, halvings) >= wanted.ScaledHeight))
        {
            halvings--;
        }

        return halvings;
    }

    private static int Reduced(int pixels, int halvings) => (pixels + (1 << halvings) - 1) >> halvings;
}
