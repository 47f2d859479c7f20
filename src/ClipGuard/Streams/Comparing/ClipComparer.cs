using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Supervision;

namespace ClipGuard.Streams.Comparing;

/// <summary>Compares distorted clips with their references, each pair in a guarded tool run of its own.</summary>
/// <param name="guard">The guard that the runs happen under; it stays the caller's.</param>
/// <param name="options">What is measured, and how.</param>
public sealed class ClipComparer(StreamGuard guard, ComparisonOptions options)
{
    /// <summary>Name of the reference's stream.</summary>
    public const string Reference = "reference";

    /// <summary>Name of the distorted clip's stream.</summary>
    public const string Distorted = "distorted";

    /// <summary>Whether the scores of each frame are read.</summary>
    public bool IsPerFrame => options.PerFrame && options.Tool is null;

    /// <summary>Compares one pair.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="distorted">The clip that is measured against it.</param>
    /// <param name="cancellation">Ends the comparison with all its processes.</param>
    /// <returns>The scores, or the fault.</returns>
    /// <exception cref="ToolUnavailableException">The program that measures is not there.</exception>
    /// <exception cref="HelperUnavailableException">Helpers cannot be started.</exception>
    public async Task<ComparisonResult> CompareAsync(ClipSource reference, ClipSource distorted, CancellationToken cancellation = default)
    {
        VideoStreamFraming form = options.Tool is null ? VideoStreamFraming.Y4m : options.Form;
        var run = new ToolRunSpec(
            options.Tool ?? MetricTool.Of(options),
            [
                new ClipStream(Reference, reference, new VideoStreamSpec { Form = form, Chroma = options.Chroma, BitDepth = options.BitDepth }),
                new ClipStream(Distorted, distorted, new VideoStreamSpec { Form = form, FitTo = Reference, Scaler = options.Scaler }),
            ])
        {
            AnyFrameRate = options.AnyFrameRate,
            AnyLength = options.AnyLength,
            DecoderThreads = options.DecoderThreads,
        };
        ToolOutcome outcome = await guard.RunAsync(run, cancellation).ConfigureAwait(false);
        if (!outcome.IsSuccess)
        {
            return new ComparisonResult(new Dictionary<string, double>(), outcome);
        }

        IReadOnlyDictionary<string, double> scores = options.Tool is null ? ScoreParser.Read(options, outcome) : ScoreParser.ReadAny(outcome);
        if (scores.Count == 0)
        {
            return new ComparisonResult(scores, outcome with { Fault = NoScore(outcome) });
        }

        FrameScores? frames = IsPerFrame ? FrameScoreParser.Read(options, outcome) : null;
        return new ComparisonResult(frames is null ? scores : WithFrames(scores, frames), outcome) { Frames = frames };
    }

    private static Dictionary<string, double> WithFrames(IReadOnlyDictionary<string, double> scores, FrameScores frames)
    {
        var all = new Dictionary<string, double>(scores);
        foreach ((string name, double score) in frames.OverFrames())
        {
            all.TryAdd(name, score);
        }

        return all;
    }

    private static string Cut(ToolOutcome outcome) => (outcome.Output.TotalBytes > 0 ? outcome.Output : outcome.StandardOutput) is { IsCut: true } cut
        ? $", of whose {cut.TotalBytes} bytes only the end was kept"
        : string.Empty;

    private static ToolFault NoScore(ToolOutcome outcome)
    {
        string text = $"{outcome.StandardOutput}\n{outcome.StandardError}";
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var postMortem = new PostMortem
        {
            Elapsed = outcome.Elapsed,
            CpuTime = outcome.ToolCpuTime,
            ExitCode = outcome.ExitCode,
            Log = [.. lines.TakeLast(20)],
        };
        return new ToolFault(
            ToolFault.Tool, ToolFaultKind.ToolFailed, DecodeStage.None, $"The tool ended well, and no score is in what it wrote{Cut(outcome)}.", postMortem);
    }
}
