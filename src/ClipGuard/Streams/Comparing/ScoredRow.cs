using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ClipGuard.Streams.Comparing;

/// <summary>Rows with their scores as fields of their own, which a loader sees as any other field of the sample.</summary>
public static class ScoredRow
{
    // JSON has no word for it; what overflows is infinite to every reader that reads doubles.
    private const string Infinite = "1e999";

    /// <summary>A score as JSON has it; an infinite one is <c>1e999</c>, which readers of doubles take for infinity.</summary>
    public static string Json(double score) =>
        double.IsPositiveInfinity(score) ? Infinite : double.IsFinite(score) ? score.ToString("R", CultureInfo.InvariantCulture) : "null";

    /// <summary>A row with its scores put behind its last field; fields of those names that the row had are left out.</summary>
    /// <param name="row">One JSON object.</param>
    /// <param name="scores">The scores by name.</param>
    /// <returns>One line with its line feed.</returns>
    public static byte[] Append(ReadOnlyMemory<byte> row, IReadOnlyDictionary<string, double> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        using var json = JsonDocument.Parse(row);
        using var line = new MemoryStream();
        using (var writer = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (JsonProperty field in json.RootElement.EnumerateObject().Where(field => !scores.ContainsKey(field.Name)))
            {
                field.WriteTo(writer);
            }

            foreach ((string name, double score) in scores)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(Encoding.ASCII.GetBytes(Json(score)));
            }

            writer.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        return line.ToArray();
    }
}
