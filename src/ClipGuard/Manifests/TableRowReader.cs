using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace ClipGuard.Manifests;

/// <summary>
/// Turns rows of a table into samples. Each row is first written as the JSON object that a JSON Lines manifest would have, so that clips, paths and tags mean
/// the same in both. One thread at a time.
/// </summary>
internal sealed class TableRowReader(string[] columns, char delimiter, TableOptions options, PathResolver paths) : ITextRowReader
{
    private static readonly string[] ListKeys = ["images", "videos", "audios", "image", "video", "audio", "rejected_images"];

    private readonly SampleReader _samples = new(options.Rows, paths);
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly bool _makesMessages = !columns.Contains(SampleReader.MessagesKey) && columns.Contains("query");

    /// <inheritdoc/>
    public ManifestRow? Read(TextLine line)
    {
        if (line.IsTooLong)
        {
            return line.TooLong(options.Rows);
        }

        if (line.IsBlank)
        {
            return null;
        }

        if (!Utf8.IsValid(line.Text))
        {
            return new BadRow(line.Number, 1, "bytes that are no UTF-8", "UTF-8");
        }

        if (TableCells.Split(line.Text, delimiter) is not { } cells)
        {
            return new BadRow(line.Number, 1, "a quoted cell without an end", "a quote after the cell");
        }

        if (cells.Length != columns.Length)
        {
            return new BadRow(line.Number, 1, $"{cells.Length} cells", $"{columns.Length}, one for each column");
        }

        try
        {
            Sample sample = _samples.Read(ToJson(cells));
            return new SampleRow(line.Number, line.Raw.ToArray(), sample) { Offset = line.Offset };
        }
        catch (BadRowException error)
        {
            return new BadRow(line.Number, 1, error.Found, error.Expected);
        }
        catch (JsonException error)
        {
            return new BadRow(line.Number, 1, "a cell that is no JSON", error.Message);
        }
    }

    /// <summary>A row as a JSON object.</summary>
    /// <param name="cells">One for each column.</param>
    /// <exception cref="JsonException">A cell that has to be JSON is none.</exception>
    public byte[] ToJson(string[] cells)
    {
        _json.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_json, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        if (_makesMessages)
        {
            WriteMessages(json, cells);
        }

        for (int i = 0; i < cells.Length; i++)
        {
            bool isMessage = _makesMessages && columns[i] is "system" or "query" or "response";
            if (!isMessage)
            {
                WriteCell(json, columns[i], cells[i]);
            }
        }

        json.WriteEndObject();
        json.Flush();
        return _json.WrittenSpan.ToArray();
    }

    private void WriteMessages(Utf8JsonWriter json, string[] cells)
    {
        json.WriteStartArray(SampleReader.MessagesKey);
        foreach ((string column, string role) in new[] { ("system", "system"), ("query", "user"), ("response", "assistant") })
        {
            int index = Array.IndexOf(columns, column);
            if (index >= 0 && (cells[index].Length > 0 || column == "query"))
            {
                json.WriteStartObject();
                json.WriteString("role", role);
                json.WriteString("content", cells[index]);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void WriteCell(Utf8JsonWriter json, string key, string cell)
    {
        bool isList = ListKeys.Contains(key);
        if (key == SampleReader.MessagesKey || (isList && cell.AsSpan().TrimStart() is ['[' or '{', ..]))
        {
            json.WritePropertyName(key);
            json.WriteRawValue(cell);
        }
        else if (isList && cell.Length == 0)
        {
            // An empty cell means that the row has no such clip.
            json.WriteNull(key);
        }
        else
        {
            json.WriteString(key, cell);
        }
    }
}
