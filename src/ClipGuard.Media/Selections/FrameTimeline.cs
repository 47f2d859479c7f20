namespace ClipGuard.Media.Selections;

/// <summary>The frames of a video in the order they are shown, as far as they are known before they are decoded.</summary>
/// <param name="Ticks">Presentation times, strictly ascending, in the track's time base.</param>
/// <param name="IsKey">Which of them are key frames.</param>
/// <param name="SecondsNumerator">Seconds of one tick: the fraction's numerator.</param>
/// <param name="SecondsDenominator">Seconds of one tick: the fraction's denominator.</param>
/// <param name="RateHz">Frames a second, as the container says or on the average; positive.</param>
internal sealed record FrameTimeline(long[] Ticks, bool[] IsKey, int SecondsNumerator, int SecondsDenominator, double RateHz)
{
    public int Count => Ticks.Length;

    /// <summary>When each frame is first shown, in seconds, where <see cref="Ticks"/> only number the frames; null where they are its times.</summary>
    public double[]? Shown { get; init; }

    /// <summary>How long the last frame stays on show, where that is known.</summary>
    public double LastFrameSeconds { get; init; }

    /// <summary>When the first frame is shown on the container's clock, in seconds.</summary>
    public double StartSeconds => Shown is not null ? Shown[0] : (double)Ticks[0] * SecondsNumerator / SecondsDenominator;

    /// <summary>When the last frame is no longer shown, from the first frame on.</summary>
    public double EndSeconds => Seconds(Count - 1) + Math.Max(LastFrameSeconds, 1 / RateHz);

    /// <summary>When the frame of some ticks, which must be there, is first shown.</summary>
    public double SecondsAt(long ticks) => Seconds(Array.BinarySearch(Ticks, ticks));

    /// <summary>When a frame is first shown, from the first frame on.</summary>
    public double Seconds(int frame) => Shown is not null ? Shown[frame] - Shown[0] : (double)(Ticks[frame] - Ticks[0]) * SecondsNumerator / SecondsDenominator;

    /// <summary>The frames shown within a closed range of time, as the numbers of the first and the last; null where there are none.</summary>
    public (int First, int Last)? Within(double startSeconds, double? endSeconds)
    {
        int first = 0;
        while (first < Count && Seconds(first) < startSeconds)
        {
            first++;
        }

        int last = Count - 1;
        while (last >= first && Seconds(last) > endSeconds)
        {
            last--;
        }

        return last < first ? null : (first, last);
    }

    /// <summary>
    /// The frame on show at a time: the last of those that began by then. Before the first frame it is the first; after the last frame's end it is -1.
    /// </summary>
    public int OnShowAt(double seconds)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Seconds(middle) <= seconds ? (middle + 1, high) : (low, middle);
        }

        return low == Count && seconds >= EndSeconds ? -1 : Math.Max(0, low - 1);
    }
}
