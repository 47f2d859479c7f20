namespace ClipGuard.Media.Libav.Pictures;

/// <summary>Moves packed pixels about: turning, mirroring, laying over a background.</summary>
internal static unsafe class PixelMoves
{
    /// <summary>Copies a picture turned upright.</summary>
    /// <param name="source">The picture, <paramref name="width"/>×<paramref name="height"/> pixels without gaps.</param>
    /// <param name="width">Width before the turn.</param>
    /// <param name="height">Height before the turn.</param>
    /// <param name="pixelBytes">Bytes of one pixel.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="target">Where the turned picture goes; must not overlap the source.</param>
    public static void Turn(byte* source, int width, int height, int pixelBytes, DisplayTurn turn, byte* target)
    {
        // Where the target's first pixel lies in the source, and the steps in the source that one step right or down in the target takes.
        (long start, long right, long down) = turn.QuarterTurns switch
        {
            0 => (0L, 1L, (long)width),
            1 => ((long)width * (height - 1), -width, 1L),
            2 => (((long)width * height) - 1, -1L, -width),
            _ => (width - 1L, (long)width, -1L),
        };
        if (turn.Mirrored)
        {
            // The source is read with its columns reversed.
            (start, right, down) = (Reverse(start, width), ReverseStep(right, width), ReverseStep(down, width));
        }

        (int columns, int rows) = turn.Sideways ? (height, width) : (width, height);
        for (int y = 0; y < rows; y++)
        {
            byte* from = source + ((start + (y * down)) * pixelBytes);
            for (int x = 0; x < columns; x++, from += right * pixelBytes)
            {
                for (int b = 0; b < pixelBytes; b++)
                {
                    *target++ = from[b];
                }
            }
        }
    }

    /// <summary>Lays RGBA pixels over a background, in place of their alpha: RGB.</summary>
    public static void Flatten(byte* rgba, long pixels, byte background, byte* rgb)
    {
        for (long i = 0; i < pixels; i++, rgba += 4, rgb += 3)
        {
            int alpha = rgba[3];
            int rest = (255 - alpha) * background;
            rgb[0] = Over255((rgba[0] * alpha) + rest);
            rgb[1] = Over255((rgba[1] * alpha) + rest);
            rgb[2] = Over255((rgba[2] * alpha) + rest);
        }
    }

    // Rounded division by 255.
    private static byte Over255(int value) => (byte)((value + 127) / 255);

    private static long Reverse(long index, int width) => index - (index % width) + (width - 1 - (index % width));

    private static long ReverseStep(long step, int width) => Math.Abs(step) == 1 && width > 1 ? -step : step;
}
