namespace ClipGuard.Media.Selections;

/// <summary>Turns a selection into the numbers of frames: a pure function of the selection and the timeline.</summary>
internal static class FrameIndexSelector
{
    /// <summary>Picks.</summary>
    /// <param name="spec">What is wanted.</param>
    /// <param name="maxFrames">Most frames that may be picked.</param>
    /// <param name="timeline">What there is, at least one frame.</param>
    /// <param name="frames">Numbers on the timeline in the order wanted, repeats included.</param>
    /// <returns>Null, or the kind of fault and its message where the video cannot serve the selection.</returns>
    public static (FaultKind Kind, string Message)? Pick(VideoSpec spec, int maxFrames, FrameTimeline timeline, out int[] frames)
    {
        frames = [];
        if (spec.Selection.KnownCount is { } count && count > maxFrames)
        {
            return TooMany(count, maxFrames);
        }

        (FaultKind, string)? fault = Pick(spec, timeline, out frames);
        return fault is null && frames.Length > maxFrames ? TooMany(frames.Length, maxFrames) : fault;
    }


    private static (FaultKind, string) TooMany(int count, int maxFrames) =>
        (FaultKind.LimitExceeded, $"{count} frames are wanted, more than the limit of {maxFrames}.");

    private static (FaultKind Kind, string Message)? Pick(VideoSpec spec, FrameTimeline timeline, out int[] frames)
    {
        frames = [];
        if (timeline.Within(spec.StartSeconds, spec.EndSeconds) is not var (first, last))
        {
            string end = spec.EndSeconds is { } seconds ? $"{seconds} s" : "the end";
            return (FaultKind.Corrupt, $"No frame is shown between {spec.StartSeconds} s and {end}; the video lasts {timeline.EndSeconds:0.###} s.");
        }

        switch (spec.Selection)
        {
            case UniformFrames uniform:
                frames = FrameFormulas.Uniform(first, last, uniform.Count);
                return null;
            case MidpointFrames midpoint:
                frames = FrameFormulas.Midpoint(first, last, midpoint.Count);
                return null;
            case RateFrames rate:
                return PickByRate(rate, timeline, first, last, out frames);
            case SmartFrames smart:
                return PickSmart(smart.RoundedCount, first, last, out frames);
            case IndexFrames indices:
                return PickByIndex(indices, first, last, out frames);
            case TimeFrames times:
                return PickByTime(times, timeline, first, last, out frames);
            case WindowFrames windows:
                return WindowPlan.Pick(windows, timeline, first, last, out frames) is { } tooShort ? (FaultKind.Unsupported, tooShort) : null;
            case KeyFrames key:
                int[] keys = [.. Enumerable.Range(first, last - first + 1).Where(frame => timeline.IsKey[frame])];
                frames = key.Max is { } max && max < keys.Length ? [.. FrameFormulas.Uniform(0, keys.Length - 1, max).Select(index => keys[index])] : keys;
                return keys.Length == 0 ? (FaultKind.Unsupported, "There is no key frame in the range asked for.") : null;
            default:
                throw new ArgumentException($"There is no rule for {spec.Selection.GetType()}.", nameof(spec));
        }
    }

    private static (FaultKind, string)? PickByRate(RateFrames rate, FrameTimeline timeline, int first, int last, out int[] frames)
    {
        int total = last - first + 1;
        int count = FrameFormulas.SmartCount(total, timeline.RateHz, rate);
        frames = FrameFormulas.SmartSpread(first, last, count);
        return count == 0
            ? (FaultKind.Unsupported, $"A choice of {rate.PerSecond} frames a second in multiples of {rate.Factor} needs at least {rate.Factor} frames; "
                + $"the range has {total}.")
            : null;
    }

    private static (FaultKind, string)? PickSmart(int count, int first, int last, out int[] frames)
    {
        int total = last - first + 1;
        frames = count <= total ? FrameFormulas.SmartSpread(first, last, count) : [];
        return count <= total ? null : (FaultKind.Unsupported, $"{count} different frames are wanted, and the range has {total}.");
    }

    private static (FaultKind, string)? PickByIndex(IndexFrames wanted, int first, int last, out int[] frames)
    {
        int total = last - first + 1;
        frames = [.. wanted.Indices.Select(index => first + (index < 0 ? index + total : index))];
        for (int i = 0; i < frames.Length; i++)
        {
            if (frames[i] < first || frames[i] > last)
            {
                return (FaultKind.Corrupt, $"Frame {wanted.Indices[i]} is wanted, and there are {total}.");
            }
        }

        return null;
    }

    private static (FaultKind, string)? PickByTime(TimeFrames wanted, FrameTimeline timeline, int first, int last, out int[] frames)
    {
        frames = [.. wanted.Seconds.Select(timeline.OnShowAt)];
        int beyond = Array.IndexOf(frames, -1);
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i] = Math.Clamp(frames[i], first, last);
        }

        return beyond < 0
            ? null
            : (FaultKind.Corrupt, $"The frame at {wanted.Seconds[beyond]} s is wanted, and the video ends at {timeline.EndSeconds:0.###} s.");
    }
}
