using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ClipGuard.Streams.Comparing;

/// <summary>Finds scores in what tools write.</summary>
internal static partial class ScoreParser
{
    private const string Pooled = "\"pooled_metrics\"";

    private static readonly Dictionary<string, double> None = [];

    /// <summary>The scores of a metric's own program; empty where they are not there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric, or it is missing here.</exception>
    public static IReadOnlyDictionary<string, double> Read(ComparisonOptions options, ToolOutcome outcome) => options.Metric switch
    {
        Metric.Vmaf => ReadVmaf(outcome.Output.Text, options.Features),
        Metric.Ssim => ReadSummary(SsimLine().Matches(outcome.StandardError.Text), "ssim", "All"),
        Metric.Psnr => ReadSummary(PsnrLine().Matches(outcome.StandardError.Text), "psnr", "average"),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Metric, "How the scores of this are written is not known."),
    };

    /// <summary>The scores of any program: the numbers of a JSON object, or one number; of vmaf's report, what it says of all frames.</summary>
    public static IReadOnlyDictionary<string, double> ReadAny(ToolOutcome outcome)
    {
        string text = outcome.Output.TotalBytes > 0 ? outcome.Output.Text : outcome.StandardOutput.Text;
        if (Number(text.Trim()) is { } number)
        {
            return new Dictionary<string, double> { ["score"] = number };
        }

        if (ReadVmaf(text, []) is { Count: > 0 } pooled)
        {
            return pooled;
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object ? Numbers(json.RootElement) : None;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The second is for names that are no text, as half of a surrogate pair.
            return None;
        }
    }

    // The last of several of one name counts, as everywhere. What is no number is no score.
    private static Dictionary<string, double> Numbers(JsonElement json)
    {
        var scores = new Dictionary<string, double>();
        foreach (JsonProperty member in json.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Number))
        {
            scores[member.Name] = member.Value.GetDouble();
        }

        return scores;
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

    // The figures of all frames come first, and of a long clip only the end is kept: what counts stands there, behind this name.
    private static Dictionary<string, double> ReadVmaf(string text, IReadOnlyList<string> features)
    {
        int start = text.LastIndexOf(Pooled, StringComparison.Ordinal);
        if (start < 0)
        {
            return None;
        }

        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text[(start + Pooled.Length)..].TrimStart().TrimStart(':')));
            using var json = JsonDocument.ParseValue(ref reader);
            var scores = new Dictionary<string, double>();
            AddPooled("vmaf", json.RootElement.GetProperty("vmaf"), scores);
            foreach (JsonProperty pooled in json.RootElement.EnumerateObject().Where(pooled => pooled.Name != "vmaf" && IsWanted(pooled.Name, features)))
            {
                AddPooled(pooled.Name, pooled.Value, scores);
            }

            return scores;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return None;
        }
    }

    // Beside its score the report has what the model is made of, which nobody has asked for.
    internal static bool IsWanted(string name, IReadOnlyList<string> features) =>
        name == "vmaf" || (features.Count > 0 && (features.Contains(name) || !name.StartsWith("integer_", StringComparison.Ordinal)));

    private static void AddPooled(string name, JsonElement pooled, Dictionary<string, double> scores)
    {
        scores[name] = pooled.GetProperty("mean").GetDouble();
        scores[$"{name}_min"] = pooled.GetProperty("min").GetDouble();
        scores[$"{name}_harmonic_mean"] = pooled.GetProperty("harmonic_mean").GetDouble();
    }

    private static double? Number(string text) =>
        text == "inf" ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && !double.IsNaN(value) ? value
        : null;

    [GeneratedRegex(@"\] PSNR .*")]
    private static partial Regex PsnrLine();

    [GeneratedRegex(@"\] SSIM .*")]
    private static partial Regex SsimLine();

    [GeneratedRegex(@"([A-Za-z]+):(inf|-?[0-9.]+)")]
    private static partial Regex Figure();
}
