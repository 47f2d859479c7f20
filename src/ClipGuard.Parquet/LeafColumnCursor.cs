using System.Text.Json;

using ParquetSharp;

namespace ClipGuard.Columnar;

/// <summary>The values of one column in one row group, one after the other with their levels. One thread at a time.</summary>
internal abstract class LeafColumnCursor : IDisposable
{
    /// <summary>0-based number, within the row group, of the row that the current entry belongs to.</summary>
    public long Row { get; protected set; } = -1;

    /// <summary>Whether all entries have been passed.</summary>
    public bool IsOver { get; protected set; }

    /// <summary>How much of the value's place is there: nothing but a null above it, …, the value itself.</summary>
    public short Definition { get; protected set; }

    /// <summary>In which list the current entry is a further item; 0 where it begins a row.</summary>
    public short Repetition { get; protected set; }

    /// <summary>What its values are.</summary>
    public abstract ColumnValueType Type { get; }

    /// <summary>The bytes of the current entry's value, where values are bytes. They are a page's, and hold until the next <see cref="Advance"/>.</summary>
    public abstract ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The values of a column.</summary>
    /// <param name="reader">The column's reader, which the leaf then owns.</param>
    public static LeafColumnCursor Of(ColumnReader reader) => reader switch
    {
        ColumnReader<bool> column => new LeafColumnCursor<bool>(column, static (_, value, json) => json.WriteBooleanValue(value)),
        ColumnReader<int> column => new LeafColumnCursor<int>(column, ColumnValueJsonWriter.WriteInt32),
        ColumnReader<long> column => new LeafColumnCursor<long>(column, ColumnValueJsonWriter.WriteInt64),
        ColumnReader<Int96> column => new LeafColumnCursor<Int96>(column, ColumnValueJsonWriter.WriteInt96),
        ColumnReader<float> column => new LeafColumnCursor<float>(column, ColumnValueJsonWriter.WriteFloat),
        ColumnReader<double> column => new LeafColumnCursor<double>(column, ColumnValueJsonWriter.WriteDouble),
        ColumnReader<ByteArray> column => new LeafColumnCursor<ByteArray>(column, ColumnValueJsonWriter.WriteBytes),
        ColumnReader<FixedLenByteArray> column => new LeafColumnCursor<FixedLenByteArray>(column, ColumnValueJsonWriter.WriteFixedBytes),
        _ => throw new NotSupportedException($"Parquet's physical type {reader.Type} is not known."),
    };

    /// <summary>Goes to the next entry.</summary>
    public abstract void Advance();

    /// <summary>Passes entries until the first of a row.</summary>
    /// <param name="row">No earlier one than the current.</param>
    public abstract void MoveTo(long row);

    /// <summary>Writes the value of the current entry, which has one.</summary>
    public abstract void Write(Utf8JsonWriter json);

    /// <inheritdoc/>
    public abstract void Dispose();
}
