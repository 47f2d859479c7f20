using System.Text.Json;

namespace ClipGuard.Manifests;

/// <summary>One line of a list of excluded rows, as far as it is needed to find the row again.</summary>
/// <param name="Source">Name of its source.</param>
/// <param name="Line">1-based; 0 where the key names it.</param>
/// <param name="Key">Digest of the key; none where the line names the row.</param>
/// <param name="Clip">Digest of its first bad clip; 0 where none is named.</param>
internal readonly record struct NamedRow(string Source, long Line, UInt128 Key, uint Clip);

/// <summary>Reads lines of <c>excluded.jsonl</c>: what <see cref="ExcludedRow"/> is written as.</summary>
internal static class ExcludedRowReader
{
    private const string Expected = "a row that is left out, as {\"source\":\"a.jsonl\",\"line\":7}";

    // Rows of one source stand together, and its name is kept once.
    [ThreadStatic]
    private static string? _source;

    /// <summary>Reads one line.</summary>
    /// <param name="line">The line; not blank.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="ManifestException">It names no row.</exception>
    public static NamedRow Read(TextLine line, string path)
    {
        try
        {
            return line.IsTooLong ? throw new JsonException($"it has {line.Length} bytes") : Read(line.Text);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new ManifestException($"Line {line.Number} of {path} is not {Expected}: {error.Message.TrimEnd('.')}.", error);
        }
    }

    private static NamedRow Read(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("it is no object");
        }

        string? source = null;
        long line = 0;
        UInt128? key = null;
        uint clip = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("source"u8))
            {
                json.Read();
                source = _source is not null && json.ValueTextEquals(_source) ? _source : json.GetString();
            }
            else if (json.ValueTextEquals("line"u8))
            {
                json.Read();
                line = json.GetInt64();
            }
            else if (json.ValueTextEquals("key"u8))
            {
                json.Read();
                key = ExclusionDigest.OfKey(json.GetString() ?? throw new JsonException("its key is null"));
            }
            else if (json.ValueTextEquals("clips"u8))
            {
                json.Read();
                clip = ReadFirstClip(ref json);
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        json.Read();
        _source = source is { Length: > 0 } ? source : throw new JsonException("it has no 'source'");
        return key is not null || line > 0 ? new NamedRow(source, key is null ? line : 0, key ?? default, clip)
            : throw new JsonException("it has neither a 'line' nor a 'key'");
    }

    private static uint ReadFirstClip(ref Utf8JsonReader json)
    {
        uint found = 0;
        int depth = json.CurrentDepth;
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return found;
        }

        while (json.Read() && json.CurrentDepth > depth)
        {
            if (found == 0 && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("clip"u8))
            {
                json.Read();
                found = ExclusionDigest.OfClip(json.GetString() ?? string.Empty);
            }
        }

        return found;
    }
}
