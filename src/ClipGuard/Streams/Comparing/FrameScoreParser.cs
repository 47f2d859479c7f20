using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ClipGuard.Streams.Comparing;

/// <summary>Finds the scores of single frames in what the metrics' own programs write.</summary>
internal static partial class FrameScoreParser
{
    /// <summary>The frames' scores; null where they are not there, or only their end was kept.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric, or it is missing here.</exception>
    public static FrameScores? Read(ComparisonOptions options, ToolOutcome outcome)
    {
        if (outcome.Output is not { TotalBytes: > 0, IsCut: false } written)
        {
            return null;
        }

        FrameScores? frames = options.Metric switch
        {
            Metric.Vmaf => ReadVmaf(written.Text, options.Features),
            Metric.Ssim => ReadStats(written.Text, SsimFigure(), "ssim", "all"),
            Metric.Psnr => ReadStats(written.Text, PsnrFigure(), "psnr", "avg"),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Metric, "How the frames' scores of this are written is not known."),
        };
        return frames is { Frames.Count: > 0 } ? frames : null;
    }

    // A line a frame: "n:1 mse_avg:0.20 … psnr_avg:55.05 psnr_y:55.71 …", and "n:1 Y:0.98 U:0.99 V:0.99 All:0.98 (16.9)".
    private static FrameScores? ReadStats(string text, Regex figure, string name, string whole)
    {
        List<string> names = [];
        List<IReadOnlyList<double>> frames = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            (string Part, double Score)[] figures =
            [
                .. figure.Matches(line).Select(static match => (match.Groups[1].Value.ToLowerInvariant(), Number(match.Groups[2].Value))),
            ];
            if (names.Count == 0)
            {
                names = [.. figures.Select(one => one.Part).OrderByDescending(part => part == whole).Select(part => part == whole ? name : $"{name}_{part}")];
            }

            if (names.Count > 0)
            {
                frames.Add([.. figures.OrderByDescending(one => one.Part == whole).Select(static one => one.Score)]);
            }
        }

        return names.Count == 0 || frames.Any(frame => frame.Count != names.Count) ? null : new FrameScores(names, frames);
    }

    private static FrameScores? ReadVmaf(string text, IReadOnlyList<string> features)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            JsonElement[] frames = [.. json.RootElement.GetProperty("frames").EnumerateArray().Where(static frame => frame.TryGetProperty("metrics", out _))];
            string[] names = frames.Length == 0 ? []
                :
                [
                    .. frames[0].GetProperty("metrics").EnumerateObject().Select(static metric => metric.Name)
                        .Where(name => ScoreParser.IsWanted(name, features)).OrderByDescending(static name => name == "vmaf"),
                ];
            return names.Length == 0 ? null : new FrameScores(names, [.. frames.Select(frame => Scores(frame.GetProperty("metrics"), names))]);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static double[] Scores(JsonElement metrics, string[] names) =>
    [
        .. names.Select(name =>
            metrics.TryGetProperty(name, out JsonElement score) && score.ValueKind == JsonValueKind.Number ? score.GetDouble() : double.NaN),
    ];

    private static double Number(string text) =>
        text == "inf" ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
        : double.NaN;

    [GeneratedRegex(@"psnr_([a-z]+):(inf|-?[0-9.]+)")]
    private static partial Regex PsnrFigure();

    [GeneratedRegex(@"\b([A-Z][A-Za-z]*):(inf|-?[0-9.]+)")]
    private static partial Regex SsimFigure();
}
