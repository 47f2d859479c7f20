using ClipGuard.Manifests;

using ParquetSharp;

namespace ClipGuard.Columnar;

/// <summary>The columns of a file that rows are made of. What is not among them is never read from the disk.</summary>
internal sealed class NeededColumns
{
    private static readonly string[] ClipMembers = ["bytes", "path", "url"];

    private NeededColumns(IReadOnlyList<(SchemaField, RowKey)> fields) => Fields = fields;

    /// <summary>The fields, in the order of the file, and what each is for.</summary>
    public IReadOnlyList<(SchemaField Field, RowKey Key)> Fields { get; }

    /// <summary>Chooses the columns of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rows">What will read its rows.</param>
    /// <param name="options">How rows are read.</param>
    /// <exception cref="ManifestException">No column names clips, one that the options name is not there, or one cannot be read.</exception>
    public static NeededColumns Of(ParquetFile file, ColumnarRowReader rows, ManifestOptions options)
    {
        string[] names = [.. file.Fields.Select(static field => field.Name)];
        if (options.Columns.Keys.FirstOrDefault(name => !names.Contains(name)) is { } absent)
        {
            throw new ManifestException($"{file.Path} has no column '{absent}'; its columns are {string.Join(", ", names)}.");
        }

        if (names.GroupBy(name => options.Columns.GetValueOrDefault(name, name)).FirstOrDefault(static group => group.Count() > 1) is { } twice)
        {
            throw new ManifestException($"{file.Path} has two columns for '{twice.Key}'.");
        }

        var fields = new List<(SchemaField, RowKey)>();
        foreach (SchemaField field in file.Fields)
        {
            RowKey key = rows.KindOf(field.Name);
            if (Needed(file, field, key, options) is { } needed)
            {
                fields.Add((needed, key));
            }
        }

        if (!fields.Any(static field => field.Item2 is RowKey.Clips or RowKey.Messages or RowKey.FileName))
        {
            throw new ManifestException(
                $"No column of {file.Path} names clips; its columns are {string.Join(", ", names)}. Say which does: --columns NAME=video (or audio, image), "
                + $"or {nameof(ManifestOptions)}.{nameof(ManifestOptions.Columns)}.");
        }

        CheckChunks(file, fields.SelectMany(static field => field.Item1.Columns));
        return new NeededColumns(fields);
    }

    private static SchemaField? Needed(ParquetFile file, SchemaField field, RowKey key, ManifestOptions options) => key switch
    {
        RowKey.Field when options.SkipFields && field.Name != options.IdField => null,

        // Bytes that are no clip have no form in JSON, and are the largest columns there are.
        RowKey.Field => field.Only(value => !IsBytes(file, value.Column)),
        RowKey.Clips => OfClip(field),
        _ => field,
    };

    // What stands beside bytes and path, as a sampling rate, is not used; where neither is there all stays, for the error to show it.
    private static SchemaField OfClip(SchemaField field) => field.Form switch
    {
        SchemaFieldForm.List => field with { Children = [OfClip(field.Children[0])] },
        SchemaFieldForm.Object when field.Children.Any(static member => ClipMembers.Contains(member.Name)) =>
            field with { Children = [.. field.Children.Where(static member => ClipMembers.Contains(member.Name))] },
        _ => field,
    };

    private static bool IsBytes(ParquetFile file, int column) => ColumnValueType.Of(file.Reader.FileMetaData.Schema.Column(column)).IsBytes;

    private static void CheckChunks(ParquetFile file, IEnumerable<int> columns)
    {
        if (file.Groups.Count == 0)
        {
            return;
        }

        using RowGroupReader first = file.Reader.RowGroup(0);
        foreach (int column in columns)
        {
            using ColumnChunkMetaData chunk = first.MetaData.GetColumnChunkMetaData(column);
            string name = file.Reader.FileMetaData.Schema.Column(column).Path.ToDotString();
            if (chunk.CryptoMetadata is not null)
            {
                throw new ManifestException($"The column {name} of {file.Path} is encrypted, which is not read: write it again without encryption.");
            }

            if (chunk.Compression is Compression.Lzo or Compression.Bz2 or Compression.Lz4Frame || !Enum.IsDefined(chunk.Compression))
            {
                throw new ManifestException(
                    $"The column {name} of {file.Path} is compressed with {chunk.Compression}, which is not read: write it again with zstd or snappy.");
            }
        }
    }
}
