using System.Text.Json;

namespace ClipGuard.Manifests;

/// <summary>
/// Makes rows for manifests that hold theirs in a form of their own, as columns: each row is given as the JSON object that a JSON Lines manifest would have, so
/// that keys, clips, paths and tags mean the same. One thread at a time.
/// </summary>
public sealed class ColumnarRowReader
{
    private readonly ManifestOptions _options;
    private readonly JsonSampleReader _samples;

    /// <summary>A reader for the rows of one file.</summary>
    /// <param name="file">The file, or its address, beside which relative paths may lead.</param>
    /// <param name="options">How rows are read; null for the defaults. Rows need no text unless <see cref="ManifestOptions.RequireMessages"/> is true.</param>
    public ColumnarRowReader(string file, ManifestOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        file = ManifestFiles.FullPath(file);
        _options = (options ?? new ManifestOptions()).For(file);
        _samples = new JsonSampleReader(_options, PathResolver.For(_options, ManifestFiles.FolderOf(file)));
    }

    /// <summary>What a column is for, by its name and by <see cref="ManifestOptions.Columns"/>.</summary>
    /// <param name="column">The name as the file has it.</param>
    public RowKey KindOf(string column)
    {
        ArgumentNullException.ThrowIfNull(column);
        string key = _options.Columns.TryGetValue(column, out string? meant) ? meant : column;
        return TableRowParser.IsMessages(key) ? RowKey.Messages
            : TableRowParser.IsClips(key) ? RowKey.Clips
            : _options.NamesFiles && MetadataFiles.NamesFiles(key) ? RowKey.FileName
            : MessagesFromText.IsText(key) ? RowKey.Text
            : RowKey.Field;
    }

    /// <summary>Reads one row.</summary>
    /// <param name="line">1-based number of the row.</param>
    /// <param name="json">The object; raw values of the sample are slices of it. Where it has <c>{"bytes": 2}</c> for a clip, that is one of the next.</param>
    /// <param name="bytes">The clips whose bytes are in the row, which become the sample's.</param>
    public ManifestRow Read(long line, ReadOnlyMemory<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        try
        {
            return new SampleRow(line, default, _samples.Read(json, bytes));
        }
        catch (BadRowException error)
        {
            return new BadRow(line, 1, error.Found, error.Expected);
        }
        catch (JsonException error)
        {
            return new BadRow(line, 1, "a value that is no JSON", error.Message);
        }
    }
}

/// <summary>What a key of a row, or a column, is for.</summary>
public enum RowKey
{
    /// <summary>Neither text nor clips: it is passed on in <see cref="Sample.Fields"/>.</summary>
    Field,

    /// <summary>The conversation, as a list of messages or as JSON.</summary>
    Messages,

    /// <summary>Text of which messages are made where there are none: <c>query</c>, <c>response</c>, <c>system</c>, …</summary>
    Text,

    /// <summary>Clips: <c>image</c>, <c>images</c>, <c>video</c>, …</summary>
    Clips,

    /// <summary>The name of a clip's file beside the metadata: <c>file_name</c>, <c>image_file_name</c>, …</summary>
    FileName,
}
