namespace ClipGuard.Media.Libav.Pictures;

/// <summary>How an upright picture gets the wanted size: scaled as a whole, then cropped.</summary>
/// <param name="ScaledWidth">Pixels after scaling.</param>
/// <param name="ScaledHeight">Pixels after scaling.</param>
/// <param name="Left">First column of the cut-out.</param>
/// <param name="Top">First row of the cut-out.</param>
/// <param name="Width">Pixels of the result.</param>
/// <param name="Height">Pixels of the result.</param>
internal readonly record struct ScaleCropPlan(int ScaledWidth, int ScaledHeight, int Left, int Top, int Width, int Height)
{
    /// <summary>Makes a plan.</summary>
    /// <param name="size">What is wanted.</param>
    /// <param name="width">Width of the upright picture with square pixels.</param>
    /// <param name="height">Its height.</param>
    /// <param name="frames">Frames of the video that it is one of; null for an image.</param>
    /// <returns>Null where <see cref="SmartSize"/> has no size for such a picture.</returns>
    public static ScaleCropPlan? For(OutputSize size, int width, int height, int? frames)
    {
        switch (size)
        {
            case ExactSize exact:
                return Whole(exact.Width, exact.Height);
            case ShorterSideSize shorter:
                (int scaledWidth, int scaledHeight) = width <= height
                    ? (shorter.ShorterSide, Longer(shorter.ShorterSide, height, width))
                    : (Longer(shorter.ShorterSide, width, height), shorter.ShorterSide);
                int cropWidth = Math.Min(shorter.CropWidth, scaledWidth);
                int cropHeight = Math.Min(shorter.CropHeight, scaledHeight);
                return new ScaleCropPlan(scaledWidth, scaledHeight, Middle(scaledWidth, cropWidth), Middle(scaledHeight, cropHeight), cropWidth, cropHeight);
            case SmartSize smart:
                (double min, double max) = frames is { } count ? SmartResize.FrameBudget(smart, count) : SmartResize.ImageBudget(smart);
                return SmartResize.Size(width, height, smart.Factor, min, max) is var (smartWidth, smartHeight) ? Whole(smartWidth, smartHeight) : null;
            default:
                return Whole(width, height);
        }
    }

    private static ScaleCropPlan Whole(int width, int height) => new(width, height, 0, 0, width, height);

    // The longer side of a very thin picture may not fit in an int. It is cut to the largest one, and the pixel limit then refuses the picture.
    private static int Longer(int shorterSide, int longer, int shorter) => (int)Math.Min(int.MaxValue, (long)shorterSide * longer / shorter);

    private static int Middle(int whole, int part) => (int)Math.Round((whole - part) / 2.0, MidpointRounding.ToEven);
}
