using System.Text.Json;

using ParquetSharp;

namespace ClipGuard.Columnar;

/// <summary>The values of one column in one row group, one after the other with their levels. One thread at a time.</summary>
internal abstract class Leaf : IDisposable
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
    public abstract ColumnType Type { get; }

    /// <summary>The bytes of the current entry's value, where values are bytes. They are a page's, and hold until the next <see cref="Advance"/>.</summary>
    public abstract ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The values of a column.</summary>
    /// <param name="reader">The column's reader, which the leaf then owns.</param>
    public static Leaf Of(ColumnReader reader) => reader switch
    {
        ColumnReader<bool> column => new Leaf<bool>(column, static (_, value, json) => json.WriteBooleanValue(value)),
        ColumnReader<int> column => new Leaf<int>(column, ValueText.WriteInt32),
        ColumnReader<long> column => new Leaf<long>(column, ValueText.WriteInt64),
        ColumnReader<Int96> column => new Leaf<Int96>(column, ValueText.WriteInt96),
        ColumnReader<float> column => new Leaf<float>(column, ValueText.WriteFloat),
        ColumnReader<double> column => new Leaf<double>(column, ValueText.WriteDouble),
        ColumnReader<ByteArray> column => new Leaf<ByteArray>(column, ValueText.WriteBytes),
        ColumnReader<FixedLenByteArray> column => new Leaf<FixedLenByteArray>(column, ValueText.WriteFixedBytes),
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
