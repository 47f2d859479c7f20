namespace ClipGuard.Media.Selections;

/// <summary>
/// The formulas by which frames are chosen, each from the numbers of the first and the last frame in range to the numbers of the chosen ones.
/// Roundings are those of each formula's author, since another rounding chooses other frames.
/// </summary>
internal static class FrameFormulas
{
    /// <summary>NumPy's <c>linspace(first, last, count).round()</c>: double precision, halves to even.</summary>
    public static int[] Uniform(int first, int last, int count)
    {
        double step = count > 1 ? (last - first) / (double)(count - 1) : 0;
        return Pick(count, i => i == count - 1 && count > 1 ? last : (int)Math.Round(first + (i * step), MidpointRounding.ToEven));
    }

    /// <summary>InternVL's <c>int(first + seg/2 + round(seg·i))</c>.</summary>
    public static int[] Midpoint(int first, int last, int count)
    {
        double segment = (last - first) / (double)count;
        return Pick(count, i => Math.Min(last, (int)(first + (segment / 2) + Math.Round(segment * i, MidpointRounding.ToEven))));
    }

    /// <summary>qwen-vl-utils' <c>smart_nframes</c> for a rate of frames.</summary>
    /// <param name="total">Frames in range.</param>
    /// <param name="videoRate">Frames a second of the video, positive.</param>
    /// <param name="selection">The rate and the bounds.</param>
    /// <returns>How many frames, or 0 where the formula gives a number that the video cannot serve.</returns>
    public static int SmartCount(int total, double videoRate, RateFrames selection)
    {
        double factor = selection.Factor;
        double min = Math.Ceiling(selection.MinFrames / factor) * factor;
        double max = Math.Floor(selection.MaxFrames / factor) * factor;
        double count = Math.Min(Math.Min(Math.Max(total / videoRate * selection.PerSecond, min), max), total);
        count = Math.Floor(count / factor) * factor;
        return count >= factor && count <= total ? (int)count : 0;
    }


    /// <summary>PyTorch's <c>linspace(first, last, count).round()</c>: single precision, computed from both ends to the middle, halves to even.</summary>
    public static int[] SmartSpread(int first, int last, int count)
    {
        float step = count > 1 ? ((float)last - first) / (count - 1) : 0;
        return Pick(count, i => (int)MathF.Round(i < count / 2 || count == 1 ? first + (step * i) : last - (step * (count - 1 - i)), MidpointRounding.ToEven));
    }

    private static int[] Pick(int count, Func<int, int> frame)
    {
        int[] frames = new int[count];
        for (int i = 0; i < count; i++)
        {
            frames[i] = frame(i);
        }

        return frames;
    }
}
