using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

using ClipGuard.Manifests;

namespace ClipGuard.Columnar;

/// <summary>
/// Makes the rows of a row group out of its columns: of each the JSON object that a JSON Lines manifest would have, with the bytes of clips beside it. Of every
/// column one page is in memory. One thread at a time.
/// </summary>
/// <param name="fields">The fields, and what each is for.</param>
/// <param name="leaves">The columns' values, by the columns' numbers.</param>
/// <param name="maxBytes">Longest row, without the bytes of clips.</param>
internal sealed class RowAssembler(IReadOnlyList<(SchemaField Field, RowKey Key)> fields, IReadOnlyDictionary<int, LeafColumnCursor> leaves, int maxBytes)
{
    private const string BytesMember = "bytes";
    private static readonly string[] TextMembers = ["path", "url"];

    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly List<ReadOnlyMemory<byte>> _bytes = [];

    /// <summary>The bytes of clips of the row that was made last.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Bytes => [.. _bytes];

    /// <summary>Makes a row, which must not be before the last one that was made.</summary>
    /// <param name="row">0-based number within the row group.</param>
    /// <returns>The object, in memory of its own.</returns>
    /// <exception cref="BadParquetRowException">It has a value that no row can have.</exception>
    /// <exception cref="InvalidDataException">A column ends before the row.</exception>
    public byte[] Make(long row)
    {
        _text.ResetWrittenCount();
        _bytes.Clear();
        foreach (LeafColumnCursor leaf in leaves.Values)
        {
            leaf.MoveTo(row);
            if (leaf.IsOver || leaf.Row != row)
            {
                throw new InvalidDataException("a column has fewer rows than the footer says");
            }
        }

        using var json = new Utf8JsonWriter(_text, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        foreach ((SchemaField field, RowKey key) in fields)
        {
            if (key == RowKey.Messages && leaves[field.Columns.First()].Definition < field.PresentAt)
            {
                // A row of another form among rows with messages, which a table can only say so.
                Advance(field);
                continue;
            }

            json.WritePropertyName(field.Name);
            if (key == RowKey.Messages && field.Form == SchemaFieldForm.Object && field.Children.All(static child => child.Form == SchemaFieldForm.List))
            {
                WriteTransposed(json, field, key);
            }
            else
            {
                Write(json, field, key, isWhole: true);
            }

            CheckSize(json.BytesCommitted + json.BytesPending);
        }

        json.WriteEndObject();
        json.Flush();
        return _text.WrittenSpan.ToArray();
    }

    private static bool IsBytesOfClip(SchemaField field, RowKey key) => key switch
    {
        RowKey.Clips => !TextMembers.Contains(field.Name),
        RowKey.Messages => field.Name == BytesMember,
        _ => false,
    };

    private void Write(Utf8JsonWriter json, SchemaField field, RowKey key, bool isWhole = false)
    {
        LeafColumnCursor first = leaves[field.Columns.First()];
        if (first.Definition < field.PresentAt)
        {
            json.WriteNullValue();
            Advance(field);
            return;
        }

        switch (field.Form)
        {
            case SchemaFieldForm.Value:
                WriteValue(json, first, field, key, isWhole);
                first.Advance();
                break;
            case SchemaFieldForm.Object:
                json.WriteStartObject();
                foreach (SchemaField member in field.Children)
                {
                    json.WritePropertyName(member.Name);
                    Write(json, member, key);
                }

                json.WriteEndObject();
                break;
            case SchemaFieldForm.List:
                WriteList(json, field, first, key);
                break;
            case SchemaFieldForm.Map:
                WriteMap(json, field, first, key);
                break;
            default:
                throw new InvalidOperationException($"A field has the form {field.Form}.");
        }
    }

    private void WriteList(Utf8JsonWriter json, SchemaField list, LeafColumnCursor first, RowKey key)
    {
        json.WriteStartArray();
        if (first.Definition < list.ItemsAt)
        {
            Advance(list);
        }
        else
        {
            do
            {
                Write(json, list.Children[0], key);
            }
            while (first.Repetition == list.RepeatsAt);
        }

        json.WriteEndArray();
    }

    // Keys that are no text have no form as the names of an object's members.
    private void WriteMap(Utf8JsonWriter json, SchemaField map, LeafColumnCursor first, RowKey key)
    {
        bool isObject = map.Children[0].Form == SchemaFieldForm.Value && first.Type.IsText;
        if (isObject)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartArray();
        }

        if (first.Definition < map.ItemsAt)
        {
            Advance(map);
        }
        else
        {
            do
            {
                if (isObject)
                {
                    json.WritePropertyName(TextOf(first, map.Name));
                    first.Advance();
                    Write(json, map.Children[1], key);
                    continue;
                }

                json.WriteStartArray();
                Write(json, map.Children[0], key);
                Write(json, map.Children[1], key);
                json.WriteEndArray();
            }
            while (first.Repetition == map.RepeatsAt);
        }

        if (isObject)
        {
            json.WriteEndObject();
        }
        else
        {
            json.WriteEndArray();
        }
    }

    // Hugging Face's Sequence of a dict is a struct of lists, one for each member: the n-th message is the n-th item of each.
    private void WriteTransposed(Utf8JsonWriter json, SchemaField columns, RowKey key)
    {
        var open = new List<(SchemaField List, LeafColumnCursor First)>();
        foreach (SchemaField list in columns.Children)
        {
            LeafColumnCursor first = leaves[list.Columns.First()];
            if (first.Definition < list.ItemsAt)
            {
                Advance(list);
            }
            else
            {
                open.Add((list, first));
            }
        }

        json.WriteStartArray();
        while (open.Count > 0)
        {
            json.WriteStartObject();
            foreach ((SchemaField list, _) in open)
            {
                json.WritePropertyName(list.Name);
                Write(json, list.Children[0], key);
            }

            json.WriteEndObject();
            open.RemoveAll(static column => column.First.Repetition != column.List.RepeatsAt);
        }

        json.WriteEndArray();
    }

    private void WriteValue(Utf8JsonWriter json, LeafColumnCursor leaf, SchemaField field, RowKey key, bool isWhole)
    {
        if (leaf.Type.IsBytes && IsBytesOfClip(field, key))
        {
            bool isMember = field.Name == BytesMember && !isWhole;
            if (!isMember)
            {
                json.WriteStartObject();
                json.WritePropertyName(BytesMember);
            }

            json.WriteNumberValue(_bytes.Count);
            _bytes.Add(leaf.Bytes.ToArray());
            if (!isMember)
            {
                json.WriteEndObject();
            }
        }
        else if (leaf.Type.IsText || leaf.Type.IsBytes)
        {
            CheckSize(json.BytesCommitted + json.BytesPending + leaf.Bytes.Length);
            WriteText(json, leaf, field, isWhole ? key : RowKey.Field);
        }
        else
        {
            leaf.Write(json);
        }
    }

    // A column of text may hold messages, turns or a list of clips as JSON, as a table's cells do.
    private static void WriteText(Utf8JsonWriter json, LeafColumnCursor leaf, SchemaField field, RowKey key)
    {
        ReadOnlySpan<byte> text = leaf.Bytes;
        if (key is RowKey.Messages or RowKey.Text or RowKey.Clips && text.TrimStart(" \t\r\n"u8) is [(byte)'[' or (byte)'{', ..] && IsJson(text))
        {
            json.WriteRawValue(text, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(TextOf(leaf, field.Name));
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ReadOnlySpan<byte> TextOf(LeafColumnCursor leaf, string name) => System.Text.Unicode.Utf8.IsValid(leaf.Bytes)
        ? leaf.Bytes
        : throw new BadParquetRowException($"bytes that are no UTF-8 under '{name}'", "UTF-8");

    private void Advance(SchemaField field)
    {
        foreach (int column in field.Columns)
        {
            leaves[column].Advance();
        }
    }

    private void CheckSize(long bytes)
    {
        if (bytes > maxBytes)
        {
            throw new BadParquetRowException($"a row of more than {maxBytes} bytes without its clips", $"at most {maxBytes} bytes");
        }
    }
}
