using System.Text;
using System.Text.Json;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>Reads one message. Typed parts become text with tags, and their clips are added to the sample's.</summary>
internal static class MessageReader
{
    private const string Roles = "one of system, user, assistant, tool_call, tool_response, tool";
    private const string PartTypes = "type text, image, video, audio, image_url, video_url or audio_url";

    public static void Read(ref Utf8JsonReader json, ReadOnlyMemory<byte> row, SampleBuilder sample, ClipReferenceReader clips)
    {
        json.Expect(JsonTokenType.StartObject, "a message: an object with 'role' and 'content'");
        if (IsPair(json))
        {
            ReadPair(ref json, row, sample);
            return;
        }

        long start = json.TokenStartIndex;
        MessageRole? role = null;
        string? content = null;
        bool? loss = null;
        double? lossScale = null;
        List<SampleField>? fields = null;
        while (json.ReadKey())
        {
            if (json.ValueTextEquals("role"u8) || json.ValueTextEquals("from"u8))
            {
                json.ReadOnce(role is not null);
                role = ReadRole(ref json);
            }
            else if (json.ValueTextEquals("content"u8) || json.ValueTextEquals("value"u8))
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
                json.ReadField(row, fields ??= [], json.Text());
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

    // ShareGPT's older form has a question and its answer in one object, each under its role. The reader is a copy that looks ahead.
    private static bool IsPair(Utf8JsonReader json)
    {
        bool isAsked = false;
        bool isAnswered = false;
        while (json.ReadKey())
        {
            if (json.ValueTextEquals("role"u8) || json.ValueTextEquals("content"u8) || json.ValueTextEquals("from"u8) || json.ValueTextEquals("value"u8))
            {
                return false;
            }

            isAsked |= Speaker(ref json) == MessageRole.User;
            isAnswered |= Speaker(ref json) == MessageRole.Assistant;
            json.Read();
            json.Skip();
        }

        return isAsked && isAnswered;
    }

    private static void ReadPair(ref Utf8JsonReader json, ReadOnlyMemory<byte> row, SampleBuilder sample)
    {
        string? asked = null;
        string? answered = null;
        var others = new List<SampleField>();
        while (json.ReadKey())
        {
            switch (Speaker(ref json))
            {
                case MessageRole.User:
                    json.ReadOnce(asked is not null);
                    json.Expect(JsonTokenType.String, "text");
                    asked = json.Text();
                    break;
                case MessageRole.Assistant:
                    json.ReadOnce(answered is not null);
                    json.Expect(JsonTokenType.String, "text");
                    answered = json.Text();
                    break;
                default:
                    json.ReadField(row, others, json.Text());
                    break;
            }
        }

        sample.Messages.Add(new Message(MessageRole.User, asked!) { Fields = others });
        sample.Messages.Add(new Message(MessageRole.Assistant, answered!));
    }

    private static MessageRole ReadRole(ref Utf8JsonReader json)
    {
        json.Expect(JsonTokenType.String, Roles);
        return Speaker(ref json) ?? json switch
        {
            _ when json.ValueTextEquals("system"u8) => MessageRole.System,
            _ when json.ValueTextEquals("tool_call"u8) || json.ValueTextEquals("function_call"u8) || json.ValueTextEquals("function-call"u8)
                => MessageRole.ToolCall,
            _ when json.ValueTextEquals("tool_response"u8) || json.ValueTextEquals("tool"u8) || json.ValueTextEquals("function_response"u8)
                || json.ValueTextEquals("function-response"u8) || json.ValueTextEquals("observation"u8) || json.ValueTextEquals("observations"u8)
                => MessageRole.ToolResponse,
            _ => throw json.Bad(Roles),
        };
    }

    // The names of the two speakers in all forms, as a role's value or as a key.
    private static MessageRole? Speaker(ref Utf8JsonReader json) => json switch
    {
        _ when json.ValueTextEquals("user"u8) || json.ValueTextEquals("human"u8) => MessageRole.User,
        _ when json.ValueTextEquals("assistant"u8) || json.ValueTextEquals("gpt"u8) || json.ValueTextEquals("bot"u8) => MessageRole.Assistant,
        _ => null,
    };

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
        switch (type)
        {
            case "text":
                ReadTextPart(ref json, content, sample);
                break;
            case "image" or "image_url":
                ReadMediaPart(ref json, ClipKind.Image, type, content, sample, clips);
                break;
            case "video" or "video_url":
                ReadMediaPart(ref json, ClipKind.Video, type, content, sample, clips);
                break;
            case "audio" or "audio_url":
                ReadMediaPart(ref json, ClipKind.Audio, type, content, sample, clips);
                break;
            default:
                throw json.Bad($"a part of type '{type}'", PartTypes);
        }
    }

    private static void ReadTextPart(ref Utf8JsonReader json, StringBuilder content, SampleBuilder sample)
    {
        long start = json.TokenStartIndex;
        bool hasText = false;
        while (json.ReadKey())
        {
            if (!json.ValueTextEquals("text"u8))
            {
                SkipPartKey(ref json, "text", sample);
                continue;
            }

            json.ReadOnce(hasText);
            json.Expect(JsonTokenType.String, "the part's text");
            content.Append(json.Text());
            hasText = true;
        }

        if (!hasText)
        {
            throw new BadRowException(start, "a part of type 'text' without 'text'", "the part's text");
        }
    }

    private static void ReadMediaPart(
        ref Utf8JsonReader json, ClipKind kind, string type, StringBuilder content, SampleBuilder sample, ClipReferenceReader clips)
    {
        content.Append(MediaTags.Tag(kind));
        string noun = MediaTags.Noun(kind);
        ClipReference? clip = null;
        while (json.ReadKey())
        {
            if (!NamesClip(ref json, noun))
            {
                SkipPartKey(ref json, type, sample);
                continue;
            }

            string key = json.Text();
            json.Read();
            if (sample.ClipsAreGiven)
            {
                json.Skip();
                continue;
            }

            long at = json.TokenStartIndex;
            ClipReference? named = clips.ReadPart(ref json, kind, sample);
            clip = clip is null || named is null ? named ?? clip
                : throw new BadRowException(at, $"a second clip under '{key}' of a part", "one clip in a part");
        }

        if (clip is null)
        {
            sample.AddBarePart(kind);
        }
        else
        {
            sample.AddMessageClip(clip);
        }
    }

    // Each library has its own key for a part's clip; those of the other kinds' addresses come from writers that know one key alone.
    private static bool NamesClip(ref Utf8JsonReader json, string noun) =>
        json.ValueTextEquals(noun) || json.ValueTextEquals("url"u8) || json.ValueTextEquals("path"u8)
            || json.ValueTextEquals("image_url"u8) || json.ValueTextEquals("video_url"u8) || json.ValueTextEquals("audio_url"u8);

    // Tables whose parts all have the same keys fill up those that a part does not have with null.
    private static void SkipPartKey(ref Utf8JsonReader json, string type, SampleBuilder sample)
    {
        string key = json.Text();
        json.Read();
        if (key != "type" && json.TokenType != JsonTokenType.Null)
        {
            sample.Warnings.Add($"the key '{key}' of a part of type '{type}' is not used");
        }

        json.Skip();
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

        throw new BadRowException(start, "a part without 'type'", PartTypes);
    }
}
