using ClipGuard.Media.Streams;

namespace ClipGuard.Streams.Sessions;

/// <summary>Settles what every stream of a session is written as, and whether they fit each other. Pure.</summary>
internal static class FormatNegotiation
{
    /// <summary>A mismatch: which stream, and what differs with the figures.</summary>
    public sealed record Mismatch(string Stream, string Message);

    /// <summary>Settles the formats.</summary>
    /// <param name="run">What was asked for.</param>
    /// <param name="clips">What each clip is by itself, in the run's order.</param>
    /// <param name="formats">What to write, in the run's order; empty where there is a mismatch.</param>
    public static Mismatch? Settle(ToolRunSpec run, IReadOnlyList<ClipShape> clips, out StreamFormat[] formats)
    {
        formats = [];
        var settled = new StreamFormat?[run.Streams.Count];
        for (int i = 0; i < settled.Length; i++)
        {
            if (Settle(run, clips, settled, i) is { } mismatch)
            {
                return mismatch;
            }
        }

        formats = settled!;
        return null;
    }

    /// <summary>The lengths of streams that were to fit each other, where they differ.</summary>
    /// <param name="run">What was asked for.</param>
    /// <param name="clips">What each clip is by itself, in the run's order.</param>
    /// <param name="reports">How far each stream came, in the run's order.</param>
    public static Mismatch? CompareLengths(ToolRunSpec run, IReadOnlyList<ClipShape?> clips, IReadOnlyList<StreamReport> reports)
    {
        for (int i = 0; i < reports.Count && !run.AnyLength; i++)
        {
            string? fitTo = run.Streams[i].Spec.FitTo;
            int target = run.Streams.Select(stream => stream.Name).ToList().IndexOf(fitTo ?? string.Empty);
            if (target >= 0 && Differ(reports[i], reports[target], Slack(clips[i]?.Audio, clips[target]?.Audio, reports[i].Format)))
            {
                return new Mismatch(reports[i].Name, $"{Length(reports[i])}, and {Length(reports[target])}.");
            }
        }

        return null;
    }

    // A clip's length is a whole number of its own samples, and resampling rounds once more: the length in another rate is known no better than that.
    private static long Slack(AudioShape? one, AudioShape? other, StreamFormat? format) =>
        format is AudioFormat written && one is not null && other is not null && one.SampleRateHz != other.SampleRateHz
            ? 1 + (long)Math.Ceiling((double)written.Shape.SampleRateHz / Math.Min(one.SampleRateHz, other.SampleRateHz))
            : 0;

    private static bool Differ(StreamReport one, StreamReport other, long slack) => (one.IsWhole, other.IsWhole) switch
    {
        (true, true) => Math.Abs(one.FrameCount - other.FrameCount) > slack,
        (true, false) => other.FrameCount >= one.FrameCount && other.Bytes > 0,
        (false, true) => one.FrameCount >= other.FrameCount && one.Bytes > 0,
        _ => false,
    };

    private static string Length(StreamReport report) =>
        $"'{report.Name}' has {(report.IsWhole ? string.Empty : "more than ")}{report.FrameCount} {(report.Format is AudioFormat ? "samples" : "frames")}";

    private static Mismatch? Settle(ToolRunSpec run, IReadOnlyList<ClipShape> clips, StreamFormat?[] settled, int i)
    {
        ClipStream stream = run.Streams[i];
        int target = stream.Spec.FitTo is { } name ? run.Streams.Select((other, at) => (other.Name, at)).First(other => other.Name == name).at : i;
        if (target != i && settled[target] is null && Settle(run, clips, settled, target) is { } inTarget)
        {
            return inTarget;
        }

        switch (stream.Spec)
        {
            case VideoStreamSpec spec:
                VideoShape own = clips[i].Video!;
                VideoShape model = target == i ? own : ((VideoFormat)settled[target]!).Shape;
                if (target != i && !run.AnyFrameRate && !own.Rate.Fits(clips[target].Video!.Rate))
                {
                    return new Mismatch(stream.Name, $"'{stream.Name}' has {own.Rate}, and '{stream.Spec.FitTo}' has {clips[target].Video!.Rate}.");
                }

                VideoShape shape = model with
                {
                    Width = spec.Width ?? model.Width,
                    Height = spec.Height ?? model.Height,
                    Chroma = spec.Chroma ?? model.Chroma,
                    BitDepth = spec.BitDepth ?? model.BitDepth,
                };
                if (spec.Scaler is null && (shape.Width, shape.Height) != (own.Width, own.Height))
                {
                    return new Mismatch(stream.Name, $"'{stream.Name}' is {own.Width}×{own.Height}, and {shape.Width}×{shape.Height} is wanted.");
                }

                settled[i] = new VideoFormat(shape, spec.Form, spec.Scaler ?? ScalingFilter.Bicubic);
                return null;
            case AudioStreamSpec spec:
                AudioShape sound = target == i ? clips[i].Audio! : ((AudioFormat)settled[target]!).Shape;
                settled[i] = new AudioFormat(new AudioShape(spec.SampleRateHz ?? sound.SampleRateHz, spec.Channels ?? sound.Channels), spec.Sample);
                return null;
            default:
                throw new ArgumentException($"There is no stream of a {stream.Spec.GetType()}.");
        }
    }
}
