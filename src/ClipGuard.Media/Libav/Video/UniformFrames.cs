namespace ClipGuard.Media.Libav.Video;

/// <summary>Which frames stand for a whole clip when they are spread evenly over it.</summary>
internal static class UniformFrames
{
    /// <summary>Indices from the first frame to the last, both included: NumPy's <c>linspace(0, total - 1, count).round()</c>.</summary>
    /// <param name="total">Frames that there are, at least 1.</param>
    /// <param name="count">Frames wanted, at least 1. Where there are fewer, some are repeated.</param>
    public static int[] Pick(int total, int count)
    {
        int[] indices = new int[count];
        double step = count > 1 ? (total - 1) / (double)(count - 1) : 0;
        for (int i = 0; i < count; i++)
        {
            indices[i] = (int)Math.Round(i * step, MidpointRounding.ToEven);
        }

        return indices;
    }
}
