using System.Buffers;
using System.Text;
using System.Text.Json;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>
/// Reads a reference to a clip: a path, a URL, a <c>data:</c> URI, base64, <c>{"bytes", "path"}</c> or <c>{"url"}</c>,
/// and for a video a list of frame images.
/// </summary>
internal sealed class ClipReferenceReader(PathResolver paths)
{
    private readonly List<string> _frames = [];

    /// <summary>Clips that the row names by their numbers, <c>{"bytes": 0}</c>; null where rows name none so.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? BytesBeside { get; set; }

    /// <summary>Reads one clip or a list of clips.</summary>
    public void ReadList(ref Utf8JsonReader json, ClipKind kind, string key, SampleBuilder sample)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            Add(Read(ref json, kind, key, sample), sample);
            return;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Add(Read(ref json, kind, key, sample), sample);
        }
    }

    /// <summary>Reads the name of a file beside the manifest, or a list of names. Their kinds are those of their extensions.</summary>
    public void ReadFiles(ref Utf8JsonReader json, string key, SampleBuilder sample)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            Add(ReadFile(ref json, key), sample);
            return;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Add(ReadFile(ref json, key), sample);
        }
    }

    /// <summary>Reads the clip of a message's typed part.</summary>
    /// <returns>Null where the value names none.</returns>
    public ClipReference? ReadPart(ref Utf8JsonReader json, ClipKind kind, SampleBuilder sample)
    {
        bool isEmpty = json.TokenType == JsonTokenType.String && json.ValueSpan.IsEmpty;
        return isEmpty ? null : Read(ref json, kind, JsonSampleReader.MessagesKey, sample);
    }

    private static void Add(ClipReference? clip, SampleBuilder sample)
    {
        if (clip is not null)
        {
            sample.Clips.Add(clip);
        }
    }

    private ClipReference? Read(ref Utf8JsonReader json, ClipKind kind, string key, SampleBuilder sample) => json.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => ReadText(ref json, kind, key),
        JsonTokenType.StartObject => ReadObject(ref json, kind, key, sample),
        JsonTokenType.StartArray when kind == ClipKind.Video => ReadFrames(ref json, key),
        _ => throw json.Bad(kind == ClipKind.Video ? "a path, a URL, encoded bytes, or a list of frame images" : "a path, a URL or encoded bytes"),
    };

    // As Hugging Face's datasets: no address, and nothing outside of the folder. An empty cell is no file.
    private ClipReference? ReadFile(ref Utf8JsonReader json, string key)
    {
        if (json.TokenType == JsonTokenType.Null || (json.TokenType == JsonTokenType.String && json.ValueSpan.IsEmpty))
        {
            return null;
        }

        json.Expect(JsonTokenType.String, "the name of a file");
        string name = json.Text();
        if (Path.IsPathRooted(name) || name.Contains("://", StringComparison.Ordinal) || LeavesFolder(name))
        {
            throw json.Bad("the name of a file in the folder of the metadata");
        }

        return MediaExtensions.KindOfFile(name) is { } kind ? ReadText(ref json, kind, key) : throw json.Bad("the name of an image, audio or video file");
    }

    private static bool LeavesFolder(string path)
    {
        int depth = 0;
        foreach (string part in path.Split('/'))
        {
            depth += part switch { ".." => -1, "." or "" => 0, _ => 1 };
            if (depth < 0)
            {
                return true;
            }
        }

        return false;
    }

    private ClipReference ReadText(ref Utf8JsonReader json, ClipKind kind, string key)
    {
        if (!json.ValueIsEscaped)
        {
            return ClipReferenceText.Refer(json.ValueSpan, kind, key, paths);
        }

        // Some writers escape the slashes of base64. It is unescaped into a rented array, since a string would take twice the memory.
        byte[] text = ArrayPool<byte>.Shared.Rent(json.ValueSpan.Length);
        try
        {
            int length = json.CopyString(text);
            return ClipReferenceText.Refer(text.AsSpan(0, length), kind, key, paths);
        }
        catch (InvalidOperationException)
        {
            throw json.Bad("half of a surrogate pair in a string", "Unicode text");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    private ClipReference? ReadObject(ref Utf8JsonReader json, ClipKind kind, string key, SampleBuilder sample)
    {
        long start = json.TokenStartIndex;
        ClipReference? located = null;
        ClipReference? encoded = null;
        int? beside = null;
        bool isKnown = false;
        while (json.ReadKey())
        {
            bool isBytes = json.ValueTextEquals("bytes"u8);
            if (!isBytes && !json.ValueTextEquals("path"u8) && !json.ValueTextEquals("url"u8))
            {
                sample.Warnings.Add($"the key '{json.Text()}' of a clip under '{key}' is not used");
                json.Read();
                json.Skip();
                continue;
            }

            isKnown = true;
            json.ReadOnce((isBytes ? encoded : located) is not null);
            if (isBytes && BytesBeside is not null && json.TokenType == JsonTokenType.Number)
            {
                beside = json.GetInt32();
            }
            else if (json.TokenType != JsonTokenType.Null)
            {
                json.Expect(JsonTokenType.String, isBytes ? "base64" : "a path or a URL");
                encoded = isBytes ? InlineClip.FromBase64(Encoding.UTF8.GetBytes(json.Text()), kind, key) : encoded;
                located = isBytes ? located : beside is null ? ReadText(ref json, kind, key) : InlineClip.NameOf(json.Text(), kind, key);
            }
        }

        // Where there are bytes, a path beside them is only the name of the file that they were read from (Hugging Face's datasets write both).
        encoded = beside is { } number ? InlineClip.Beside(BytesBeside![number], number, located, kind, key) : encoded;
        return isKnown ? encoded ?? located : throw new BadRowException(start, "an object that names no clip", "'path', 'url' or 'bytes' in it");
    }

    private ClipReference ReadFrames(ref Utf8JsonReader json, string key)
    {
        long start = json.TokenStartIndex;
        string? firstAsWritten = null;
        ClipRefusal? refusal = null;
        _frames.Clear();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            json.Expect(JsonTokenType.String, "the path of a frame image");
            ClipReference frame = ReadText(ref json, ClipKind.Image, key);
            firstAsWritten ??= frame.AsWritten;
            if (frame.Source is FileSource file)
            {
                _frames.Add(file.Path);
            }
            else
            {
                refusal ??= frame.Refusal ?? new ClipRefusal(FaultKind.Unsupported, "A list of frame images holds paths of files, no encoded bytes.");
            }
        }

        if (firstAsWritten is null)
        {
            throw new BadRowException(start, "an empty list", "at least one frame image");
        }

        return new ClipReference(ClipKind.Video, key, $"{firstAsWritten} … ({_frames.Count} frames)")
        {
            Path = _frames.FirstOrDefault(),
            Source = refusal is null ? new FileListSource([.. _frames]) : null,
            Refusal = refusal,
        };
    }
}
