using ClipGuard.Media.Libav.Formats;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>
/// Writes packed pixels in the wanted layout: turned upright, cropped, as RGB or gray, channels last or first. One pass over the pixels.
/// </summary>
internal static unsafe class PixelLayouter
{
    /// <summary>Lays out.</summary>
    /// <param name="source">Scaled pixels, not yet turned, without gaps between rows.</param>
    /// <param name="width">Their width.</param>
    /// <param name="height">Their height.</param>
    /// <param name="pixelBytes">Bytes of a pixel, of which the first three are red, green and blue.</param>
    /// <param name="turn">How they are turned.</param>
    /// <param name="plan">What is cut out of the turned picture.</param>
    /// <param name="spec">Channels and their order.</param>
    /// <param name="target">Where the result goes.</param>
    public static void Lay(byte* source, int width, int height, int pixelBytes, DisplayRotation turn, in ScaleCropPlan plan, PictureSpec spec, byte* target)
    {
        // The position in the source of the turned picture's first pixel, and the steps in the source for one pixel right or down in the turned picture.
        (int x, int y) = turn.QuarterTurns switch
        {
            0 => (0, 0),
            1 => (0, height - 1),
            2 => (width - 1, height - 1),
            _ => (width - 1, 0),
        };
        (int rightX, int rightY) = turn.QuarterTurns switch
        {
            0 => (1, 0),
            1 => (0, -1),
            2 => (-1, 0),
            _ => (0, 1),
        };
        (int downX, int downY) = (-rightY, rightX);
        if (turn.Mirrored)
        {
            // The picture is mirrored before it is turned: its columns count from the other side.
            (x, rightX, downX) = (width - 1 - x, -rightX, -downX);
        }

        long right = (rightX + ((long)rightY * width)) * pixelBytes;
        long down = (downX + ((long)downY * width)) * pixelBytes;
        byte* first = source + ((x + ((long)y * width)) * pixelBytes) + (plan.Left * right) + (plan.Top * down);
        for (int row = 0; row < plan.Height; row++)
        {
            LayRow(first + (row * down), right, plan, spec, row, target);
        }
    }

    private static void LayRow(byte* from, long right, in ScaleCropPlan plan, PictureSpec spec, int row, byte* target)
    {
        long start = (long)row * plan.Width;
        if (spec.Colors == PixelColors.Gray)
        {
            for (int i = 0; i < plan.Width; i++, from += right)
            {
                target[start + i] = Luma(from);
            }
        }
        else if (spec.Layout == PixelLayout.ChannelsFirst)
        {
            long plane = (long)plan.Width * plan.Height;
            byte* to = target + start;
            for (int i = 0; i < plan.Width; i++, from += right, to++)
            {
                to[0] = from[0];
                to[plane] = from[1];
                to[2 * plane] = from[2];
            }
        }
        else
        {
            byte* to = target + (start * 3);
            for (int i = 0; i < plan.Width; i++, from += right, to += 3)
            {
                to[0] = from[0];
                to[1] = from[1];
                to[2] = from[2];
            }
        }
    }

    // Pillow's weights, 16 fractional bits: 0.299, 0.587, 0.114.
    private static byte Luma(byte* rgb) => (byte)(((19595 * rgb[0]) + (38470 * rgb[1]) + (7471 * rgb[2]) + 0x8000) >> 16);
}
