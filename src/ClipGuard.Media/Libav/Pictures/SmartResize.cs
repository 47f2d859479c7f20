namespace ClipGuard.Media.Libav.Pictures;

/// <summary>qwen-vl-utils' <c>smart_resize</c> and the pixel budgets around it, as pure functions.</summary>
internal static class SmartResize
{
    private const int MaxAspectRatio = 200;
    private const int ImageMinTokens = 4;
    private const int ImageMaxTokens = 16384;
    private const int FrameMinTokens = 128;
    private const int FrameMaxTokens = 768;
    private const double VideoTokens = 128_000 * 0.9;
    private const int FramesPerToken = 2;
    private const double MinBudgetFactor = 1.05;

    /// <summary>The size that a picture gets; null where it is too long for its width.</summary>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    /// <param name="factor">Both sides of the result are multiples of it.</param>
    /// <param name="minPixels">Fewest pixels of the result.</param>
    /// <param name="maxPixels">Most pixels of the result.</param>
    public static (int Width, int Height)? Size(int width, int height, int factor, double minPixels, double maxPixels)
    {
        if ((double)Math.Max(width, height) / Math.Min(width, height) > MaxAspectRatio)
        {
            return null;
        }

        double w = Math.Max(factor, Math.Round((double)width / factor, MidpointRounding.ToEven) * factor);
        double h = Math.Max(factor, Math.Round((double)height / factor, MidpointRounding.ToEven) * factor);
        if (w * h > maxPixels)
        {
            double shrink = Math.Sqrt((double)width * height / maxPixels);
            (w, h) = (Math.Floor(width / shrink / factor) * factor, Math.Floor(height / shrink / factor) * factor);
        }
        else if (w * h < minPixels)
        {
            double grow = Math.Sqrt(minPixels / ((double)width * height));
            (w, h) = (Math.Ceiling(width * grow / factor) * factor, Math.Ceiling(height * grow / factor) * factor);
        }

        // The short side of a very long picture may round to 0: it gets one row of patches instead.
        return ((int)Math.Max(factor, w), (int)Math.Max(factor, h));
    }

    /// <summary>The budget of an image.</summary>
    public static (double MinPixels, double MaxPixels) ImageBudget(SmartSize size)
    {
        double token = (double)size.Factor * size.Factor;
        return (size.MinPixels ?? (ImageMinTokens * token), size.MaxPixels ?? (ImageMaxTokens * token));
    }

    /// <summary>The budget of one frame of a video, which its frames share.</summary>
    public static (double MinPixels, double MaxPixels) FrameBudget(SmartSize size, int frames)
    {
        double token = (double)size.Factor * size.Factor;
        double min = size.MinPixels ?? (FrameMinTokens * token);
        double total = size.TotalPixels ?? (VideoTokens * token);
        double max = Math.Max(Math.Min(FrameMaxTokens * token, total / frames * FramesPerToken), Math.Truncate(min * MinBudgetFactor));
        return (min, Math.Min(size.MaxPixels ?? max, max));
    }
}
