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
internal sealed class RowAssembler(IReadOnlyList<(Shape Shape, RowKey Key)> fields, IReadOnlyDictionary<int, Leaf> leaves, int maxBytes)
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
    /// <exception cref="RowFlawException">It has a value that no row can have.</exception>
    /// <exception cref="InvalidDataException">A column ends before the row.</exception>
    public byte[] Make(long row)
    {
        _text.ResetWrittenCount();
        _bytes.Clear();
        foreach (Leaf leaf in leaves.Values)
        {
            leaf.MoveTo(row);
            if (leaf.IsOver || leaf.Row != row)
            {
                throw new InvalidDataException("a column has fewer rows than the footer says");
            }
        }

        using var json = new Utf8JsonWriter(_text, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        foreach ((Shape shape, RowKey key) in fields)
        {
            if (key == RowKey.Messages && leaves[shape.Columns.First()].Definition < shape.PresentAt)
            {
                // A row of another form among rows with messages, which a table can only say so.
                Advance(shape);
                continue;
            }

            json.WritePropertyName(shape.Name);
            if (key == RowKey.Messages && shape.Form == ShapeForm.Object && shape.Children.All(static child => child.Form == ShapeForm.List))
            {
                WriteTurned(json, shape, key);
            }
            else
            {
                Write(json, shape, key, isWhole: true);
            }

            CheckSize(json.BytesCommitted + json.BytesPending);
        }

        json.WriteEndObject();
        json.Flush();
        return _text.WrittenSpan.ToArray();
    }

    private static bool IsBytesOfClip(Shape shape, RowKey key) => key switch
    {
        RowKey.Clips => !TextMembers.Contains(shape.Name),
        RowKey.Messages => shape.Name == BytesMember,
        _ => false,
    };

    private void Write(Utf8JsonWriter json, Shape shape, RowKey key, bool isWhole = false)
    {
        Leaf first = leaves[shape.Columns.First()];
        if (first.Definition < shape.PresentAt)
        {
            json.WriteNullValue();
            Advance(shape);
            return;
        }

        switch (shape.Form)
        {
            case ShapeForm.Value:
                WriteValue(json, first, shape, key, isWhole);
                first.Advance();
                break;
            case ShapeForm.Object:
                json.WriteStartObject();
                foreach (Shape member in shape.Children)
                {
                    json.WritePropertyName(member.Name);
                    Write(json, member, key);
                }

                json.WriteEndObject();
                break;
            case ShapeForm.List:
                WriteList(json, shape, first, key);
                break;
            case ShapeForm.Map:
                WriteMap(json, shape, first, key);
                break;
            default:
                throw new InvalidOperationException($"A field has the form {shape.Form}.");
        }
    }

    private void WriteList(Utf8JsonWriter json, Shape list, Leaf first, RowKey key)
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
    private void WriteMap(Utf8JsonWriter json, Shape map, Leaf first, RowKey key)
    {
        bool isObject = map.Children[0].Form == ShapeForm.Value && first.Type.IsText;
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
    private void WriteTurned(Utf8JsonWriter json, Shape columns, RowKey key)
    {
        var open = new List<(Shape List, Leaf First)>();
        foreach (Shape list in columns.Children)
        {
            Leaf first = leaves[list.Columns.First()];
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
            foreach ((Shape list, _) in open)
            {
                json.WritePropertyName(list.Name);
                Write(json, list.Children[0], key);
            }

            json.WriteEndObject();
            open.RemoveAll(static column => column.First.Repetition != column.List.RepeatsAt);
        }

        json.WriteEndArray();
    }

    private void WriteValue(Utf8JsonWriter json, Leaf leaf, Shape shape, RowKey key, bool isWhole)
    {
        if (leaf.Type.IsBytes && IsBytesOfClip(shape, key))
        {
            bool isMember = shape.Name == BytesMember && !isWhole;
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
            WriteText(json, leaf, shape, isWhole ? key : RowKey.Field);
        }
        else
        {
            leaf.Write(json);
        }
    }

    // A column of text may hold messages, turns or a list of clips as JSON, as a table's cells do.
    private static void WriteText(Utf8JsonWriter json, Leaf leaf, Shape shape, RowKey key)
    {
        ReadOnlySpan<byte> text = leaf.Bytes;
        if (key is RowKey.Messages or RowKey.Text or RowKey.Clips && text.TrimStart(" \t\r\n"u8) is [(byte)'[' or (byte)'{', ..] && IsJson(text))
        {
            json.WriteRawValue(text, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(TextOf(leaf, shape.Name));
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

    private static ReadOnlySpan<byte> TextOf(Leaf leaf, string name) => System.Text.Unicode.Utf8.IsValid(leaf.Bytes)
        ? leaf.Bytes
        : throw new RowFlawException($"bytes that are no UTF-8 under '{name}'", "UTF-8");

    private void Advance(Shape shape)
    {
        foreach (int column in shape.Columns)
        {
            leaves[column].Advance();
        }
    }

    private void CheckSize(long bytes)
    {
        if (bytes > maxBytes)
        {
            throw new RowFlawException($"a row of more than {maxBytes} bytes without its clips", $"at most {maxBytes} bytes");
        }
    }
}
