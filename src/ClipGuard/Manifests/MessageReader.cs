using System.Text;
using System.Text.Json;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>Reads one message. Typed parts become text with tags, and their clips are added to the sample's.</summary>
internal static class MessageReader
{
    private const string Roles = "one of system, user, assistant, tool_call, tool_response, tool";

    public static void Read(ref Utf8JsonReader json, ReadOnlyMemory<byte> row, SampleBuilder sample, ClipReferenceReader clips)
    {
        json.Expect(JsonTokenType.StartObject, "a message: an object with 'role' and 'content'");
        long start = json.TokenStartIndex;
        MessageRole? role = null;
        string? content = null;
        bool? loss = null;
        double? lossScale = null;
        List<SampleField>? fields = null;
        while (json.ReadKey())
        {
            if (json.ValueTextEquals("role"u8))
            {
                json.ReadOnce(role is not null);
                role = ReadRole(ref json);
            }
            else if (json.ValueTextEquals("content"u8))
            {
                json.ReadOnce(content is not null);
                content = ReadContent(ref json, sample, clips);
            }
            else if (json.ValueTextEquals("loss"u8))
            {
                json.ReadOnce(loss is not null);
                loss = json.TokenType switch
                {
                    JsonTokenType.True => true,
                    JsonTokenType.False => false,
                    JsonTokenType.Null => null,
                    _ => throw json.Bad("true or false"),
                };
            }
            else if (json.ValueTextEquals("loss_scale"u8))
            {
                json.ReadOnce(lossScale is not null);
                lossScale = json.TokenType switch
                {
                    JsonTokenType.Number => json.GetDouble(),
                    JsonTokenType.Null => null,
                    _ => throw json.Bad("a number"),
                };
            }
            else
            {
                json.ReadField(row, fields ??= []);
            }
        }

        sample.Messages.Add(new Message(
            role ?? throw new BadRowException(start, "a message without 'role'", Roles),
            content ?? throw new BadRowException(start, "a message without 'content'", "a string or a list of typed parts"))
        {
            Loss = loss,
            LossScale = lossScale,
            Fields = fields is null ? [] : fields.ToArray(),
        });
    }

    private static MessageRole ReadRole(ref Utf8JsonReader json)
    {
        json.Expect(JsonTokenType.String, Roles);
        return json switch
        {
            _ when json.ValueTextEquals("user"u8) => MessageRole.User,
            _ when json.ValueTextEquals("assistant"u8) => MessageRole.Assistant,
            _ when json.ValueTextEquals("system"u8) => MessageRole.System,
            _ when json.ValueTextEquals("tool_call"u8) => MessageRole.ToolCall,
            _ when json.ValueTextEquals("tool_response"u8) || json.ValueTextEquals("tool"u8) => MessageRole.ToolResponse,
            _ => throw json.Bad(Roles),
        };
    }

    private static string ReadContent(ref Utf8JsonReader json, SampleBuilder sample, ClipReferenceReader clips)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            return json.Text();
        }

        json.Expect(JsonTokenType.StartArray, "a string or a list of typed parts");
        var content = new StringBuilder();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            ReadPart(ref json, content, sample, clips);
        }

        return content.ToString();
    }

    private static void ReadPart(ref Utf8JsonReader json, StringBuilder content, SampleBuilder sample, ClipReferenceReader clips)
    {
        json.Expect(JsonTokenType.StartObject, "a part: an object with 'type'");
        string type = TypeOf(json);
        ClipKind? kind = type switch
        {
            "text" => null,
            "image" or "image_url" => ClipKind.Image,
            "video" or "video_url" => ClipKind.Video,
            "audio" or "audio_url" => ClipKind.Audio,
            _ => throw json.Bad($"a part of type '{type}'", "type text, image, video, audio, image_url, video_url or audio_url"),
        };
        if (kind is { } tagged)
        {
            content.Append(MediaTags.Tag(tagged));
        }

        long start = json.TokenStartIndex;
        bool hasValue = false;
        while (json.ReadKey())
        {
            bool isValue = json.ValueTextEquals(type);
            bool isType = json.ValueTextEquals("type"u8);
            if (!isValue && !isType)
            {
                sample.Warnings.Add($"the key '{json.Text()}' of a part of type '{type}' is not used");
            }

            json.ReadOnce(isValue && hasValue);
            hasValue |= isValue;
            if (isValue && kind is { } media)
            {
                clips.ReadPart(ref json, media, sample);
            }
            else if (isValue)
            {
                json.Expect(JsonTokenType.String, "the part's text");
                content.Append(json.Text());
            }
            else
            {
                json.Skip();
            }
        }

        if (kind is null && !hasValue)
        {
            throw new BadRowException(start, "a part of type 'text' without 'text'", "the part's text");
        }
    }

    // A part's type may come after its value, so a copy of the reader looks ahead for it.
    private static string TypeOf(Utf8JsonReader json)
    {
        long start = json.TokenStartIndex;
        while (json.ReadKey())
        {
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                json.Expect(JsonTokenType.String, "the part's type");
                return json.Text();
            }

            json.Read();
            json.Skip();
        }

        throw new BadRowException(start, "a part without 'type'", "type text, image, video, audio, image_url, video_url or audio_url");
    }
}
