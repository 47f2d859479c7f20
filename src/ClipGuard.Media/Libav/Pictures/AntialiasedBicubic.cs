using System.Runtime.Intrinsics;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>
/// Scales packed 4-byte pixels as Pillow scales 8-bit pictures with BICUBIC: Keys' cubic with a = -0.5, widened by the scale where it shrinks,
/// weights of 22 fractional bits, rows first and rounded to bytes in between.
/// </summary>
internal static unsafe class AntialiasedBicubic
{
    private const int PixelBytes = 4;
    private const double A = -0.5;
    private const double Reach = 2;
    private const int WeightBits = 22;
    private const int Half = 1 << (WeightBits - 1);

    /// <summary>Scales.</summary>
    /// <param name="source">The picture; overwritten.</param>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="narrowed">Room for <paramref name="targetWidth"/> × <paramref name="height"/> pixels.</param>
    /// <param name="target">Room for the result.</param>
    /// <param name="targetWidth">Width of the result.</param>
    /// <param name="targetHeight">Height of the result.</param>
    public static void Scale(byte* source, int width, int height, byte* narrowed, byte* target, int targetWidth, int targetHeight)
    {
        if (width == targetWidth)
        {
            narrowed = source;
        }
        else
        {
            Taps[] columns = TapsFor(width, targetWidth);
            for (int y = 0; y < height; y++)
            {
                Run(source + ((long)y * width * PixelBytes), PixelBytes, columns, narrowed + ((long)y * targetWidth * PixelBytes));
            }
        }

        long rowBytes = (long)targetWidth * PixelBytes;
        if (height == targetHeight)
        {
            Buffer.MemoryCopy(narrowed, target, rowBytes * height, rowBytes * height);
            return;
        }

        Taps[] rows = TapsFor(height, targetHeight);
        for (int y = 0; y < targetHeight; y++)
        {
            byte* first = narrowed + (rows[y].First * rowBytes);
            for (int x = 0; x < targetWidth; x++)
            {
                Weigh(first + ((long)x * PixelBytes), rowBytes, rows[y].Weights, target + (y * rowBytes) + ((long)x * PixelBytes));
            }
        }
    }

    private static void Run(byte* row, long step, Taps[] taps, byte* target)
    {
        for (int x = 0; x < taps.Length; x++)
        {
            Weigh(row + (taps[x].First * step), step, taps[x].Weights, target + ((long)x * PixelBytes));
        }
    }

    private static void Weigh(byte* pixel, long step, int[] weights, byte* target)
    {
        Vector128<int> sum = Vector128.Create(Half);
        foreach (int weight in weights)
        {
            Vector128<ushort> channels = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)pixel).AsByte());
            sum += Vector128.WidenLower(channels).AsInt32() * weight;
            pixel += step;
        }

        sum = Vector128.Min(Vector128.Max(sum >> WeightBits, Vector128<int>.Zero), Vector128.Create(byte.MaxValue + 0));
        Vector128<ushort> narrow = Vector128.Narrow(sum.AsUInt32(), sum.AsUInt32());
        *(uint*)target = Vector128.Narrow(narrow, narrow).AsUInt32().ToScalar();
    }

    private static Taps[] TapsFor(int source, int target)
    {
        double scale = (double)source / target;
        double widening = Math.Max(scale, 1);
        double support = Reach * widening;
        var taps = new Taps[target];
        for (int i = 0; i < target; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - support + 0.5));
            int end = Math.Min(source, (int)(centre + support + 0.5));
            double[] exact = new double[end - first];
            for (int k = 0; k < exact.Length; k++)
            {
                exact[k] = Cubic((first + k - centre + 0.5) / widening);
            }

            double sum = exact.Sum();
            taps[i] = new Taps(first, [.. exact.Select(weight => (int)Math.Round(weight / sum * (1 << WeightBits), MidpointRounding.AwayFromZero))]);
        }

        return taps;
    }

    private static double Cubic(double x)
    {
        x = Math.Abs(x);
        return x < 1 ? ((((A + 2) * x) - (A + 3)) * x * x) + 1
            : x < 2 ? (((((x - 5) * x) + 8) * x) - 4) * A
            : 0;
    }

    private readonly record struct Taps(int First, int[] Weights);
}
