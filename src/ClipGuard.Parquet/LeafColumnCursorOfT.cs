using System.Text.Json;

using ParquetSharp;

namespace ClipGuard.Columnar;

/// <summary>The values of a column of one physical type.</summary>
/// <typeparam name="T">The physical type.</typeparam>
internal sealed class LeafColumnCursor<T> : LeafColumnCursor
    where T : unmanaged
{
    // Entries of which the levels and the values (of bytes the places within the page) are fetched at once; a fetch never leaves its page.
    private const int BatchEntries = 1024;

    private readonly ColumnReader<T> _reader;
    private readonly Action<ColumnValueType, T, Utf8JsonWriter> _write;
    private readonly short[] _definitions = new short[BatchEntries];
    private readonly short[] _repetitions = new short[BatchEntries];
    private readonly T[] _values = new T[BatchEntries];
    private int _entries;
    private int _entry = -1;
    private int _value = -1;

    /// <param name="reader">The column's reader, which the leaf then owns.</param>
    /// <param name="write">Writes a value.</param>
    public LeafColumnCursor(ColumnReader<T> reader, Action<ColumnValueType, T, Utf8JsonWriter> write)
    {
        _reader = reader;
        _write = write;
        Type = ColumnValueType.Of(reader.ColumnDescriptor);
        try
        {
            Advance();
        }
        catch
        {
            // A reader that is left to the finalizer calls back into a file that may be gone by then, which ends the process.
            reader.Dispose();
            throw;
        }
    }

    public override ColumnValueType Type { get; }

    public override ReadOnlySpan<byte> Bytes => Type.BytesOf(_values[_value]);

    public override void Advance()
    {
        if (++_entry >= _entries && !Fetch())
        {
            IsOver = true;
            Row++;
            (Definition, Repetition) = (0, 0);
            return;
        }

        Definition = Type.MaxDefinition == 0 ? (short)0 : _definitions[_entry];
        Repetition = Type.MaxRepetition == 0 ? (short)0 : _repetitions[_entry];
        _value += Definition == Type.MaxDefinition ? 1 : 0;
        Row += Repetition == 0 ? 1 : 0;
    }

    public override void MoveTo(long row)
    {
        if (Type.MaxRepetition == 0)
        {
            SkipEntries(row);
        }

        while (Row < row && !IsOver)
        {
            Advance();
        }
    }

    public override void Write(Utf8JsonWriter json) => _write(Type, _values[_value], json);

    public override void Dispose() => _reader.Dispose();

    // Every entry is a row: whole pages are passed without a look at their values.
    private void SkipEntries(long row)
    {
        long left = row - Row - (_entries - _entry);
        if (left > 0 && !IsOver)
        {
            long skipped = _reader.Skip(left);
            Row += _entries - _entry - 1 + skipped;
            (_entry, _entries) = (-1, 0);
            Advance();
        }
    }

    private bool Fetch()
    {
        (_entry, _value) = (0, -1);
        _entries = 0;
        while (_entries == 0 && _reader.HasNext)
        {
            _entries = (int)_reader.ReadBatch(
                BatchEntries,
                Type.MaxDefinition == 0 ? [] : _definitions,
                Type.MaxRepetition == 0 ? [] : _repetitions,
                _values,
                out _);
        }

        return _entries > 0;
    }
}
