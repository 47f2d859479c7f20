using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace ClipGuard.Manifests;

/// <summary>
/// Turns rows of a table into samples. Each row is first written as the JSON object that a JSON Lines manifest would have, so that clips, paths and tags mean
/// the same in both. One thread at a time.
/// </summary>
/// <param name="columns">What the columns are, by their keys.</param>
/// <param name="delimiter">What stands between cells.</param>
/// <param name="options">How rows are read.</param>
/// <param name="paths">Where relative paths lead.</param>
internal sealed class TableRowParser(string[] columns, char delimiter, ManifestOptions options, PathResolver paths) : ITextRowParser
{
    private static readonly string[] ClipKeys = ["images", "videos", "audios", "image", "video", "audio", "rejected_images"];
    private static readonly string[] MessageKeys = [JsonSampleReader.MessagesKey, "conversations", "conversation"];

    // The columns have been given their meaning already.
    private readonly JsonSampleReader _samples = new(options with { Columns = new Dictionary<string, string>() }, paths);
    private readonly ArrayBufferWriter<byte> _json = new();

    /// <summary>Keys of which a table needs one, or no row of it names a clip.</summary>
    public static IEnumerable<string> KeysOfClips => ClipKeys.Concat(MessageKeys);

    /// <summary>Whether a key names clips beside messages.</summary>
    public static bool IsClips(string key) => ClipKeys.Contains(key);

    /// <summary>Whether a key has a list of messages.</summary>
    public static bool IsMessages(string key) => MessageKeys.Contains(key);

    /// <inheritdoc/>
    public ManifestRow? Read(TextLine line)
    {
        if (line.IsTooLong)
        {
            return line.TooLong(options);
        }

        if (line.IsBlank)
        {
            return null;
        }

        if (!Utf8.IsValid(line.Text))
        {
            return new BadRow(line.Number, 1, "bytes that are no UTF-8", "UTF-8");
        }

        if (CsvCells.Split(line.Text, delimiter) is not { } cells)
        {
            return new BadRow(line.Number, 1, "a quoted cell without an end", "a quote after the cell");
        }

        if (cells.Length != columns.Length)
        {
            return new BadRow(line.Number, 1, $"{cells.Length} cells", $"{columns.Length}, one for each column");
        }

        try
        {
            byte[] json = ToJson(cells);
            Sample sample = _samples.Read(json);
            return new SampleRow(line.Number, options.FieldsAlone is null ? line.Raw.ToArray() : json, sample) { Offset = line.Offset };
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
        for (int i = 0; i < cells.Length; i++)
        {
            WriteCell(json, columns[i], cells[i]);
        }

        json.WriteEndObject();
        json.Flush();
        return _json.WrittenSpan.ToArray();
    }

    private static void WriteCell(Utf8JsonWriter json, string key, string cell)
    {
        bool isClip = ClipKeys.Contains(key);
        if (MessageKeys.Contains(key) || ((isClip || MessagesFromText.IsList(key)) && cell.AsSpan().TrimStart() is ['[' or '{', ..]))
        {
            json.WritePropertyName(key);
            json.WriteRawValue(cell);
        }
        else if (isClip && cell.Length == 0)
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
