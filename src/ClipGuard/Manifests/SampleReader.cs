using System.Text.Json;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>Reads one JSON object in ms-swift's format. One thread at a time.</summary>
internal sealed class SampleReader(ManifestOptions options, PathResolver paths)
{
    public const string MessagesKey = "messages";
    public const string RejectedImagesKey = "rejected_images";

    private readonly SampleBuilder _sample = new();
    private readonly ClipReferenceReader _clips = new(paths);

    /// <summary>Reads a whole row.</summary>
    /// <param name="row">The object; raw values of the sample are slices of it.</param>
    /// <exception cref="BadRowException">It is JSON and no sample.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public Sample Read(ReadOnlyMemory<byte> row)
    {
        _sample.Clear();
        var json = new Utf8JsonReader(row.Span);
        json.Read();
        json.Expect(JsonTokenType.StartObject, "an object with messages and clips");
        while (json.ReadKey())
        {
            ReadValue(ref json, row);
        }

        // What follows the object on its line is an error that only the next read sees.
        json.Read();

        if (_sample.MessagesAt < 0 && options.RequireMessages)
        {
            throw new BadRowException(0, "an object without 'messages'", "'messages', a list of {\"role\", \"content\"}");
        }

        _sample.CheckMessageClips();
        MediaTags.Match(_sample, options.Counting);
        return _sample.Finish();
    }

    private void ReadValue(ref Utf8JsonReader json, ReadOnlyMemory<byte> row)
    {
        if (json.ValueTextEquals("messages"u8))
        {
            ReadMessages(ref json, row);
        }
        else if (ListOf(ref json) is { } list)
        {
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
        else
        {
            json.ReadField(row, _sample.Fields);
        }
    }

    private void ReadMessages(ref Utf8JsonReader json, ReadOnlyMemory<byte> row)
    {
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

    private static (ClipKind Kind, string Key)? ListOf(ref Utf8JsonReader json)
    {
        ReadOnlySpan<byte> key = json.ValueSpan;
        return key switch
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
}
