using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClipGuard.Manifests;

/// <summary>A line of a manifest, as faults name it. A plain number converts to one.</summary>
/// <param name="Line">1-based, as in <see cref="ManifestRow.Line"/>.</param>
/// <param name="Origin">
/// Which manifest, where there are several (<see cref="ManifestRow.Origin"/>): the <see cref="IManifest.Name"/> of a blend's source; otherwise null.
/// </param>
[JsonConverter(typeof(ManifestLineReferenceJson))]
public readonly record struct ManifestLineReference(long Line, string? Origin = null)
{
    /// <summary>By the manifest's name, in ordinal order, and then by line.</summary>
    internal static Comparer<ManifestLineReference> Order { get; } = Comparer<ManifestLineReference>.Create(static (a, b) =>
        string.CompareOrdinal(a.Origin, b.Origin) is not 0 and var byOrigin ? byOrigin : a.Line.CompareTo(b.Line));

    /// <summary>A line of the only manifest.</summary>
    public static implicit operator ManifestLineReference(long line) => FromInt64(line);

    /// <summary>A line of the only manifest.</summary>
    public static ManifestLineReference FromInt64(long line) => new(line);

    /// <summary>The lines that a dry run's <c>faults.jsonl</c> names, each once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="origin">The name of the manifest it is about, where that is a source of a blend; otherwise null.</param>
    /// <exception cref="FormatException">A line of the file has no field <c>line</c>.</exception>
    public static IReadOnlyCollection<ManifestLineReference> OfFaults(string path, string? origin = null)
    {
        var lines = new SortedSet<long>();
        foreach (string record in File.ReadLines(path))
        {
            try
            {
                using var fault = JsonDocument.Parse(record);
                lines.Add(fault.RootElement.GetProperty("line").GetInt64());
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new FormatException($"{path} is no list of faults: '{record}' names no line.", error);
            }
        }

        return [.. lines.Select(line => new ManifestLineReference(line, origin))];
    }

    /// <summary>The line for a person.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}{(Origin is null ? string.Empty : $" of {Origin}")}");
}

/// <summary>A number where there is one manifest, <c>[line, origin]</c> where there are several.</summary>
internal sealed class ManifestLineReferenceJson : JsonConverter<ManifestLineReference>
{
    public override ManifestLineReference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.GetInt64();
        }

        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.Number)
        {
            throw new JsonException("A line is a number, or a number and a name.");
        }

        long line = reader.GetInt64();
        string? origin = reader.Read() && reader.TokenType == JsonTokenType.String
            ? reader.GetString()
            : throw new JsonException("A line's second part is a name.");
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray
            ? new ManifestLineReference(line, origin)
            : throw new JsonException("A line has two parts at most.");
    }

    public override void Write(Utf8JsonWriter writer, ManifestLineReference value, JsonSerializerOptions options)
    {
        if (value.Origin is null)
        {
            writer.WriteNumberValue(value.Line);
            return;
        }

        writer.WriteStartArray();
        writer.WriteNumberValue(value.Line);
        writer.WriteStringValue(value.Origin);
        writer.WriteEndArray();
    }
}
