using ParquetSharp;
using ParquetSharp.Schema;

namespace ClipGuard.Tests.Columnar;

/// <summary>
/// Parquet files for tests, in the forms in which pyarrow and Hugging Face's datasets write them: every field optional, a list as
/// <c>optional group (LIST) { repeated group list { optional element } }</c>, a clip as a struct of <c>bytes</c> and <c>path</c>.
/// </summary>
internal static class ParquetWriting
{
    public static Node Text(string name) => new PrimitiveNode(name, Repetition.Optional, LogicalType.String(), PhysicalType.ByteArray);

    public static Node Bytes(string name) => new PrimitiveNode(name, Repetition.Optional, LogicalType.None(), PhysicalType.ByteArray);

    public static Node Number(string name) => new PrimitiveNode(name, Repetition.Optional, LogicalType.Int(64, isSigned: true), PhysicalType.Int64);

    public static Node Struct(string name, params Node[] fields) => new GroupNode(name, Repetition.Optional, fields);

    /// <summary>The struct that Hugging Face's Image and Audio are stored as.</summary>
    public static Node Clip(string name) => Struct(name, Bytes("bytes"), Text("path"));

    /// <param name="name">The list's name.</param>
    /// <param name="element">Its items, which pyarrow calls <c>element</c>.</param>
    public static Node List(string name, Node element) =>
        new GroupNode(name, Repetition.Optional, [new GroupNode("list", Repetition.Repeated, [element])], LogicalType.List());

    /// <summary>The struct of a message.</summary>
    public static Node Message(string name) => Struct(name, Text("role"), Text("content"));

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="groups">For each row group the values of each column, as ParquetSharp's logical types: an array for each.</param>
    /// <param name="compression">Of all columns.</param>
    /// <param name="metadata">The footer's keys and values.</param>
    /// <param name="properties">What else the writer is told.</param>
    public static void Write(
        string path,
        Node[] fields,
        Array[][] groups,
        Compression compression = Compression.Snappy,
        Dictionary<string, string>? metadata = null,
        Action<WriterPropertiesBuilder>? properties = null)
    {
        using var builder = new WriterPropertiesBuilder();
        builder.Compression(compression);
        properties?.Invoke(builder);
        using WriterProperties built = builder.Build();
        using var schema = new GroupNode("schema", Repetition.Required, fields);
        using var writer = new ParquetFileWriter(path, schema, built, metadata ?? []);
        foreach (Array[] columns in groups)
        {
            using RowGroupWriter group = writer.AppendRowGroup();
            foreach (Array values in columns)
            {
                using ColumnWriter column = group.NextColumn();
                WriteColumn(column, (dynamic)values);
            }
        }

        writer.Close();
    }

    private static void WriteColumn<T>(ColumnWriter column, T[] values)
    {
        using LogicalColumnWriter<T> written = column.LogicalWriterOverride<T>();
        written.WriteBatch(values);
    }
}
