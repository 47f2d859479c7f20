using System.Globalization;
using System.Text.Json;

using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>Sizes of samples from fields of their rows.</summary>
internal static class SampleSizeField
{
    /// <summary>A field as a number; 0 where the row has no such field or it holds none.</summary>
    public static double NumberOf(this Sample sample, string field) => sample.FindNumber(field) ?? 0;

    /// <summary>A field as a number; null where the row has no such field or it holds none.</summary>
    public static double? FindNumber(this Sample sample, string field)
    {
        if (!sample.TryGetField(field, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
            _ => null,
        };
    }
}
