namespace ClipGuard.Media.Libav.Video;

/// <summary>The frames of a video in the order they are shown, as far as they are known before they are decoded.</summary>
/// <param name="Ticks">Presentation times, strictly ascending, in the track's time base.</param>
/// <param name="IsKey">Which of them are key frames.</param>
/// <param name="SecondsNumerator">Seconds of one tick: the fraction's numerator.</param>
/// <param name="SecondsDenominator">Seconds of one tick: the fraction's denominator.</param>
/// <param name="RateHz">Frames a second, as the container says or on the average; positive.</param>
internal sealed record FrameTimeline(long[] Ticks, bool[] IsKey, int SecondsNumerator, int SecondsDenominator, double RateHz)
{
    public int Count => Ticks.Length;

    /// <summary>When a frame is first shown, from the first frame on.</summary>
    public double Seconds(int frame) => (double)(Ticks[frame] - Ticks[0]) * SecondsNumerator / SecondsDenominator;

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

    /// <summary>The frame on show at a time: of those that began by then the last. Before the first it is the first; after the last one's end it is -1.</summary>
    public int OnShowAt(double seconds)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Seconds(middle) <= seconds ? (middle + 1, high) : (low, middle);
        }

        return low == Count && seconds >= Seconds(Count - 1) + (1 / RateHz) ? -1 : Math.Max(0, low - 1);
    }
}
