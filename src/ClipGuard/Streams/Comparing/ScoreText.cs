using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ClipGuard.Streams.Comparing;

/// <summary>Finds scores in what tools write.</summary>
internal static partial class ScoreText
{
    private static readonly Dictionary<string, double> None = [];

    /// <summary>The scores of a metric's own program; empty where they are not there.</summary>
    public static IReadOnlyDictionary<string, double> Read(Metric metric, ToolOutcome outcome) => metric switch
    {
        Metric.Vmaf => ReadVmaf(outcome.Output.Text),
        Metric.Ssim => ReadSummary(SsimLine().Matches(outcome.StandardError.Text), "ssim", "All"),
        _ => ReadSummary(PsnrLine().Matches(outcome.StandardError.Text), "psnr", "average"),
    };

    /// <summary>The scores of any program: the numbers of a JSON object, or one number.</summary>
    public static IReadOnlyDictionary<string, double> ReadAny(ToolOutcome outcome)
    {
        string text = outcome.Output.TotalBytes > 0 ? outcome.Output.Text : outcome.StandardOutput.Text;
        if (Number(text.Trim()) is { } number)
        {
            return new Dictionary<string, double> { ["score"] = number };
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind != JsonValueKind.Object ? None
                : json.RootElement.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Number)
                    .ToDictionary(member => member.Name, member => member.Value.GetDouble());
        }
        catch (JsonException)
        {
            return None;
        }
    }

    // The last summary counts: earlier lines of that look would be those of other filters.
    private static Dictionary<string, double> ReadSummary(MatchCollection summaries, string name, string whole)
    {
        if (summaries.Count == 0)
        {
            return None;
        }

        var scores = new Dictionary<string, double> { [name] = double.NaN };
        foreach (Match pair in Figure().Matches(summaries[^1].Value))
        {
            string part = pair.Groups[1].Value;
            if (Number(pair.Groups[2].Value) is { } value)
            {
                scores[part == whole ? name : $"{name}_{part.ToLowerInvariant()}"] = value;
            }
        }

        return double.IsNaN(scores[name]) ? None : scores;
    }

    private static Dictionary<string, double> ReadVmaf(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            JsonElement pooled = json.RootElement.GetProperty("pooled_metrics").GetProperty("vmaf");
            return new Dictionary<string, double>
            {
                ["vmaf"] = pooled.GetProperty("mean").GetDouble(),
                ["vmaf_min"] = pooled.GetProperty("min").GetDouble(),
                ["vmaf_harmonic_mean"] = pooled.GetProperty("harmonic_mean").GetDouble(),
            };
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return None;
        }
    }

    private static double? Number(string text) =>
        text == "inf" ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
        : null;

    [GeneratedRegex(@"\] PSNR .*")]
    private static partial Regex PsnrLine();

    [GeneratedRegex(@"\] SSIM .*")]
    private static partial Regex SsimLine();

    [GeneratedRegex(@"([A-Za-z]+):(inf|-?[0-9.]+)")]
    private static partial Regex Figure();
}
