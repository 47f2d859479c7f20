using System.Text;

using ClipGuard.Media.Streams;

namespace ClipGuard.Media.Libav.Streams;

/// <summary>The lines of YUV4MPEG2.</summary>
internal static class Y4mHeader
{
    /// <summary>The line before each frame.</summary>
    public static ReadOnlySpan<byte> FrameLine => "FRAME\n"u8;

    /// <summary>The line before the first frame, as ffmpeg's muxer yuv4mpegpipe writes it.</summary>
    public static byte[] Of(VideoShape shape)
    {
        FrameRate rate = shape.Rate.IsKnown ? shape.Rate : new FrameRate(25, 1);
        string depth = shape.BitDepth == 8 ? string.Empty : $"p{shape.BitDepth}";
        string sampling = shape is { Chroma: ChromaSampling.Yuv420, BitDepth: 8 } ? "420jpeg" : $"{shape.Subsampling}{depth}";
        string wide = shape.BitDepth == 8 ? string.Empty : $" XYSCSS={shape.Subsampling}P{shape.BitDepth}";
        string range = shape.FullRange ? " XCOLORRANGE=FULL" : " XCOLORRANGE=LIMITED";
        return Encoding.ASCII.GetBytes(
            $"YUV4MPEG2 W{shape.Width} H{shape.Height} F{rate.Numerator}:{rate.Denominator} Ip A0:0 C{sampling}{wide}{range}\n");
    }
}
