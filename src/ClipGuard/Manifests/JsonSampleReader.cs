using System.Text;
using System.Text.Json;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>Reads one JSON object in any of the forms that ms-swift recognises by their keys. One thread at a time.</summary>
internal sealed class JsonSampleReader
{
    public const string MessagesKey = "messages";
    public const string RejectedImagesKey = "rejected_images";

    private readonly ManifestOptions _options;
    private readonly Dictionary<string, byte[]> _columns;
    private readonly SampleBuilder _sample = new();
    private readonly ClipReferenceReader _clips;

    public JsonSampleReader(ManifestOptions options, PathResolver paths)
    {
        _options = options;
        _columns = options.Columns.ToDictionary(static column => column.Key, static column => Encoding.UTF8.GetBytes(column.Value));
        _clips = new ClipReferenceReader(paths);
    }

    /// <summary>Reads a whole row.</summary>
    /// <param name="row">The object; raw values of the sample are slices of it.</param>
    /// <exception cref="BadRowException">It is JSON and no sample.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public Sample Read(ReadOnlyMemory<byte> row)
    {
        _sample.Clear();
        return ReadObject(row);
    }

    /// <summary>Reads a whole row that has the bytes of its clips beside it.</summary>
    /// <param name="row">The object; raw values of the sample are slices of it.</param>
    /// <param name="bytes">The clips that it names as <c>{"bytes": 0}</c>, by their numbers.</param>
    /// <exception cref="BadRowException">It is JSON and no sample.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public Sample Read(ReadOnlyMemory<byte> row, IReadOnlyList<ReadOnlyMemory<byte>> bytes)
    {
        _clips.BytesBeside = bytes;
        return Read(row);
    }

    /// <summary>Reads an object that stands beside its clips, as in a shard: it names none itself, whatever its keys.</summary>
    /// <param name="clips">The clips.</param>
    /// <param name="row">The object; raw values of the sample are slices of it.</param>
    /// <exception cref="BadRowException">It is JSON and no sample.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public Sample ReadBeside(IEnumerable<ClipReference> clips, ReadOnlyMemory<byte> row)
    {
        _sample.Clear();
        _sample.ClipsAreGiven = true;
        _sample.Clips.AddRange(clips);
        return ReadObject(row);
    }

    private Sample ReadObject(ReadOnlyMemory<byte> row)
    {
        var json = new Utf8JsonReader(row.Span);
        json.Read();
        json.Expect(JsonTokenType.StartObject, "an object with messages and clips");
        while (json.ReadKey())
        {
            if (_options.FieldsAlone is { } fields)
            {
                ReadFieldAlone(ref json, row, fields);
            }
            else
            {
                ReadValue(ref json, row);
            }
        }

        // What follows the object on its line is an error that only the next read sees.
        json.Read();

        if (_options.FieldsAlone is not null)
        {
            return _sample.Finish();
        }

        bool hasText = _sample.MessagesAt >= 0;
        if (hasText)
        {
            MessagesFromText.MoveSystem(_sample);
        }
        else if (!_sample.ClipsAreGiven)
        {
            hasText = MessagesFromText.MakeMessages(_sample, answersAlone: _options.RequireMessages is true);
        }

        if (!hasText && _options.RequireMessages is true)
        {
            throw new BadRowException(0, $"an object without 'messages', whose keys are {string.Join(", ", _sample.Keys)}", MessagesFromText.Expected);
        }

        if (_options.NamesFiles && !hasText && _sample.Clips.Count == 0 && !_sample.Keys.Any(MetadataFiles.NamesFiles))
        {
            throw new BadRowException(0, $"an object whose keys are {string.Join(", ", _sample.Keys)}", "'file_name', or a key that ends with '_file_name'");
        }

        _sample.CheckMessageClips();
        MediaTags.Match(_sample, _options.Counting);
        return _sample.Finish();
    }

    private void ReadValue(ref Utf8JsonReader json, ReadOnlyMemory<byte> row)
    {
        ReadOnlySpan<byte> key = _columns.Count > 0 && _columns.TryGetValue(json.Text(), out byte[]? meant) ? meant : json.ValueSpan;
        if (key.SequenceEqual("messages"u8) || (IsConversation(key) && _sample.MessagesAt < 0 && !HasMessagesBehind(json)))
        {
            _sample.Keys.Add(MessagesKey);
            if (_sample.ClipsAreGiven)
            {
                ReadMessagesOrData(ref json, row);
            }
            else
            {
                ReadMessages(ref json, row);
            }
        }
        else if (!_sample.ClipsAreGiven && ListOf(key) is { } list)
        {
            _sample.Keys.Add(list.Key);
            json.Read();
            if (json.TokenType != JsonTokenType.Null)
            {
                if (list.Key != RejectedImagesKey)
                {
                    _sample.BeginList(list.Kind, json.TokenStartIndex);
                }

                _clips.ReadList(ref json, list.Kind, list.Key, _sample);
            }
        }
        else if (_options.NamesFiles && MetadataFiles.NamesFiles(json.Text()))
        {
            string name = json.Text();
            _sample.Keys.Add(name);
            json.Read();
            _clips.ReadFiles(ref json, name, _sample);
        }
        else
        {
            json.ReadField(row, _sample.Fields, key == json.ValueSpan ? json.Text() : Encoding.UTF8.GetString(key));
            _sample.Keys.Add(_sample.Fields[^1].Name);
        }
    }

    // Of other keys nothing is wanted, not even that they are text.
    private void ReadFieldAlone(ref Utf8JsonReader json, ReadOnlyMemory<byte> row, IReadOnlyList<string> fields)
    {
        foreach (string field in fields)
        {
            if (json.ValueTextEquals(field))
            {
                json.ReadField(row, _sample.Fields, field);
                return;
            }
        }

        json.Read();
        json.Skip();
    }

    private void ReadMessages(ref Utf8JsonReader json, ReadOnlyMemory<byte> row)
    {
        _sample.TextKeys.Add(json.Text());
        json.ReadOnce(_sample.MessagesAt >= 0);
        _sample.MessagesAt = json.TokenStartIndex;
        json.Expect(JsonTokenType.StartArray, "a list of messages");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            MessageReader.Read(ref json, row, _sample, _clips);
        }

        if (_sample.Messages.Count == 0)
        {
            throw new BadRowException(_sample.MessagesAt, "an empty list", "at least one message");
        }
    }

    // Beside its clips an object may hold whatever it likes under that name.
    private void ReadMessagesOrData(ref Utf8JsonReader json, ReadOnlyMemory<byte> row)
    {
        Utf8JsonReader atKey = json;
        int warnings = _sample.Warnings.Count;
        try
        {
            ReadMessages(ref json, row);
        }
        catch (BadRowException bad)
        {
            json = atKey;
            _sample.DropMessages(warnings);
            _sample.Warnings.Add($"'{json.Text()}' is not read as messages: found {bad.Found}, expected {bad.Expected}");
            json.ReadField(row, _sample.Fields, json.Text());
        }
    }

    // ShareGPT's and LLaVA's name for messages.
    private static bool IsConversation(ReadOnlySpan<byte> key) => key.SequenceEqual("conversations"u8) || key.SequenceEqual("conversation"u8);

    // Rows that were converted may have both, and 'messages' wins wherever it stands: the reader is a copy that looks ahead.
    private static bool HasMessagesBehind(Utf8JsonReader json)
    {
        do
        {
            json.Read();
            json.Skip();
            json.Read();
        }
        while (json.TokenType == JsonTokenType.PropertyName && !json.ValueTextEquals("messages"u8));
        return json.TokenType == JsonTokenType.PropertyName;
    }

    private static (ClipKind Kind, string Key)? ListOf(ReadOnlySpan<byte> key) => key switch
    {
        _ when key.SequenceEqual("images"u8) => (ClipKind.Image, "images"),
        _ when key.SequenceEqual("videos"u8) => (ClipKind.Video, "videos"),
        _ when key.SequenceEqual("audios"u8) => (ClipKind.Audio, "audios"),
        _ when key.SequenceEqual("image"u8) => (ClipKind.Image, "image"),
        _ when key.SequenceEqual("video"u8) => (ClipKind.Video, "video"),
        _ when key.SequenceEqual("audio"u8) => (ClipKind.Audio, "audio"),
        _ when key.SequenceEqual("rejected_images"u8) => (ClipKind.Image, RejectedImagesKey),
        _ => null,
    };
}
