using ClipGuard.Media.Libav.Formats;

namespace ClipGuard.Media.Libav.Streams;

/// <summary>Turns one plane of samples upright.</summary>
internal static unsafe class PlaneRotation
{
    /// <summary>Copies a plane turned.</summary>
    /// <param name="source">First row.</param>
    /// <param name="strideBytes">From one row to the next.</param>
    /// <param name="width">Samples across before the turn.</param>
    /// <param name="height">Samples down before the turn.</param>
    /// <param name="sampleBytes">1 or 2.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="target">Where the turned plane goes, without gaps.</param>
    public static void Turn(byte* source, long strideBytes, int width, int height, int sampleBytes, DisplayRotation turn, byte* target)
    {
        (int columns, int rows) = turn.Sideways ? (height, width) : (width, height);
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                (int fromX, int fromY) = turn.QuarterTurns switch
                {
                    0 => (x, y),
                    1 => (y, height - 1 - x),
                    2 => (width - 1 - x, height - 1 - y),
                    _ => (width - 1 - y, x),
                };
                fromX = turn.Mirrored ? width - 1 - fromX : fromX;
                byte* from = source + (fromY * strideBytes) + ((long)fromX * sampleBytes);
                *target++ = from[0];
                if (sampleBytes > 1)
                {
                    *target++ = from[1];
                }
            }
        }
    }
}
