using System.Text.Json;

using ClipGuard.Cli.Running;

namespace ClipGuard.Cli.Settings;

/// <summary>
/// A configuration file: a JSON object whose keys are settings, and a section <c>Serilog</c> that says where the log goes.
/// Comments and trailing commas are allowed, unknown keys are not: a mistyped key must not look like a setting in force.
/// </summary>
internal sealed class ConfigurationFile
{
    public const string LogSection = "Serilog";

    private static readonly string[] LogKeys =
    [
        "AuditTo", "Destructure", "Enrich", "Filter", "FilterSwitches", "LevelSwitches", "MinimumLevel", "Properties", "Using", "WriteTo",
    ];

    private readonly Dictionary<string, ConfigurationEntry> _entries = [];
    private readonly string _path;
    private readonly byte[] _bytes;

    private ConfigurationFile(string path, byte[] bytes)
    {
        _path = path;
        _bytes = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }

    /// <summary>The file's bytes, for the reader of the log section.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>True where the file says where the log goes.</summary>
    public bool HasLogSection { get; private set; }

    /// <summary>Where the log section stands, for messages.</summary>
    public string LogOrigin { get; private set; } = string.Empty;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, as the user wrote it.</param>
    /// <param name="keys">The keys that are settings.</param>
    /// <exception cref="UsageException">The file cannot be read, is no JSON object, or has a key that is not known.</exception>
    public static ConfigurationFile Read(string path, IReadOnlyCollection<string> keys)
    {
        ConfigurationFile file;
        try
        {
            file = new ConfigurationFile(path, File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string reason = Directory.Exists(path) ? "it is a folder" : !File.Exists(path) ? "there is no such file" : error.Message;
            throw new UsageException($"configuration {path} cannot be read: {reason}", error);
        }

        try
        {
            file.Parse(keys);
        }
        catch (JsonException error)
        {
            throw new UsageException($"configuration {path}, line {error.LineNumber + 1}: not valid JSON: {WithoutPosition(error.Message)}", error);
        }

        return file;
    }

    /// <summary>What the file says under a key; null where it says nothing.</summary>
    public ConfigurationEntry? Find(string key) => _entries.GetValueOrDefault(key);

    private void Parse(IReadOnlyCollection<string> keys)
    {
        var options = new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        var reader = new Utf8JsonReader(_bytes, options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Wrong(ref reader, "expected a JSON object: { \"timeout\": 60 }");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            if (key == LogSection && !HasLogSection)
            {
                HasLogSection = true;
                LogOrigin = $"configuration {_path}, line {LineOf(reader.TokenStartIndex)}, {LogSection}";
                CheckLogSection(ref reader);
            }
            else if (!keys.Contains(key))
            {
                throw Wrong(ref reader, $"unknown key '{key}'{NearestName.Hint(key, keys.Append(LogSection))}");
            }
            else if (key == LogSection || !_entries.TryAdd(key, ReadValue(ref reader, key)))
            {
                throw Wrong(ref reader, $"the key '{key}' stands there twice");
            }
        }

        reader.Read();
    }

    private ConfigurationEntry ReadValue(ref Utf8JsonReader reader, string key)
    {
        reader.Read();
        string text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
            _ => throw Wrong(ref reader, $"'{key}' must be a string, a number, true or false"),
        };
        return new ConfigurationEntry(text, $"configuration {_path}, line {LineOf(reader.TokenStartIndex)}, {key}");
    }

    private void CheckLogSection(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Wrong(ref reader, $"'{LogSection}' must be an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            if (!LogKeys.Contains(key))
            {
                throw Wrong(ref reader, $"unknown key '{LogSection}:{key}'{NearestName.Hint(key, LogKeys)}");
            }

            reader.Read();
            reader.Skip();
        }
    }

    private UsageException Wrong(ref Utf8JsonReader reader, string message) =>
        new($"configuration {_path}, line {LineOf(reader.TokenStartIndex)}: {message}");

    private int LineOf(long offset) => 1 + _bytes.AsSpan(0, (int)offset).Count((byte)'\n');

    // The position stands in front already, counted from 1.
    private static string WithoutPosition(string message)
    {
        int position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? message : message[..position];
    }
}

/// <summary>A value of the configuration file and where it stands.</summary>
internal sealed record ConfigurationEntry(string Text, string Origin);
