using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ClipGuard.Streams.Comparing;

/// <summary>Scores as fields of a row, which a loader sees as any other field of the sample: written and read.</summary>
public static class ScoreFieldJson
{
    // JSON has no number for it, and what overflows, as 1e999, jq and others turn into the largest double or refuse.
    private const string Infinite = "Infinity";

    /// <summary>A score as JSON has it; an infinite one, as of equal clips, is the text <c>"Infinity"</c>, which Python's and .NET's numbers read.</summary>
    public static string Json(double score) =>
        double.IsInfinity(score) ? score > 0 ? $"\"{Infinite}\"" : $"\"-{Infinite}\""
        : double.IsFinite(score) ? score.ToString("R", CultureInfo.InvariantCulture) : "null";

    /// <summary>A score as <see cref="Json"/> wrote it.</summary>
    /// <param name="field">The field's value.</param>
    /// <param name="score">The score.</param>
    /// <returns>False where it is none.</returns>
    public static bool TryRead(JsonElement field, out double score)
    {
        score = field.ValueKind switch
        {
            JsonValueKind.Number => field.GetDouble(),
            JsonValueKind.String when field.ValueEquals(Infinite) => double.PositiveInfinity,
            JsonValueKind.String when field.ValueEquals($"-{Infinite}") => double.NegativeInfinity,
            _ => double.NaN,
        };
        return !double.IsNaN(score);
    }

    /// <summary>
    /// A row with its scores put behind its last field. Fields of those names that the row had are left out, the others stay byte for byte as they are.
    /// </summary>
    /// <param name="row">One JSON object.</param>
    /// <param name="scores">The scores by name.</param>
    /// <returns>One line with its line feed.</returns>
    public static byte[] Append(ReadOnlyMemory<byte> row, IReadOnlyDictionary<string, double> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        byte[][] names = [.. scores.Keys.Select(Encoding.UTF8.GetBytes)];
        using var line = new MemoryStream();
        line.WriteByte((byte)'{');
        var reader = new Utf8JsonReader(row.Span);
        _ = reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int start = (int)reader.TokenStartIndex;
            bool isScore = IsOneOf(ref reader, names);
            _ = reader.Read();
            reader.Skip();
            if (!isScore)
            {
                Next(line);
                WriteOnOneLine(row.Span[start..(int)reader.BytesConsumed], line);
            }
        }

        foreach ((string name, double score) in scores)
        {
            Next(line);
            line.Write(Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\": {Json(score)}"));
        }

        line.Write("}\n"u8);
        return line.ToArray();
    }

    private static void Next(MemoryStream line)
    {
        if (line.Length > 1)
        {
            line.Write(", "u8);
        }
    }

    // A cell of a table may be JSON of several lines; strings hold no line breaks that are not escaped.
    private static void WriteOnOneLine(ReadOnlySpan<byte> field, MemoryStream line)
    {
        foreach (byte letter in field)
        {
            line.WriteByte(letter is (byte)'\n' or (byte)'\r' ? (byte)' ' : letter);
        }
    }

    private static bool IsOneOf(ref Utf8JsonReader reader, byte[][] names)
    {
        try
        {
            ReadOnlySpan<byte> text = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
            foreach (byte[] name in names)
            {
                if (text.SequenceEqual(name))
                {
                    return true;
                }
            }

            return false;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: no text, and no score's name.
            return false;
        }
    }
}
