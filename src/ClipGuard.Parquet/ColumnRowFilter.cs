using System.Collections;
using System.Runtime.CompilerServices;

using ParquetSharp;

namespace ClipGuard.Columnar;

/// <summary>The entries of one column in one row group that belong to some of its rows.</summary>
/// <param name="kept">For each row whether it is copied.</param>
/// <param name="cancellation">Ends the work.</param>
internal sealed class ColumnRowFilter(BitArray kept, CancellationToken cancellation)
{
    private const int BatchEntries = 1024;

    // The library looks whether a page is full only between calls: values are handed over in pieces of about this size.
    private const int PieceBytes = 1 << 20;

    private readonly short[] _definitions = new short[BatchEntries];
    private readonly short[] _repetitions = new short[BatchEntries];

    /// <summary>Copies the column.</summary>
    public void Run<T>(ColumnReader<T> from, ColumnWriter<T> to)
        where T : unmanaged
    {
        short maxDefinition = from.ColumnDescriptor.MaxDefinitionLevel;
        short maxRepetition = from.ColumnDescriptor.MaxRepetitionLevel;
        T[] values = new T[BatchEntries];
        long last = LastKept();
        long row = -1;
        while (row <= last && from.HasNext)
        {
            cancellation.ThrowIfCancellationRequested();
            int entries = (int)from.ReadBatch(
                BatchEntries, maxDefinition == 0 ? [] : _definitions, maxRepetition == 0 ? [] : _repetitions, values, out _);
            var piece = new Piece<T>(to, maxDefinition, maxRepetition, _definitions, _repetitions, values);
            int value = 0;
            for (int entry = 0; entry < entries; entry++)
            {
                bool hasValue = maxDefinition == 0 || _definitions[entry] == maxDefinition;
                row += maxRepetition == 0 || _repetitions[entry] == 0 ? 1 : 0;
                if (row >= kept.Length)
                {
                    throw new InvalidDataException("a column has more rows than the footer says");
                }

                if (kept[(int)row])
                {
                    piece.Add(entry, hasValue ? value : -1);
                }

                value += hasValue ? 1 : 0;
            }

            piece.Write();
        }

        if (row < last)
        {
            throw new InvalidDataException("a column has fewer rows than the footer says");
        }
    }

    private int LastKept()
    {
        int row = kept.Length - 1;
        while (!kept[row])
        {
            row--;
        }

        return row;
    }

    // Entries that are kept are moved to the front of the arrays that they were read into.
    private sealed class Piece<T>(ColumnWriter<T> to, short maxDefinition, short maxRepetition, short[] definitions, short[] repetitions, T[] values)
        where T : unmanaged
    {
        private int _entries;
        private int _values;
        private int _start;
        private int _firstValue;
        private long _bytes;

        public void Add(int entry, int value)
        {
            definitions[_entries] = definitions[entry];
            repetitions[_entries] = repetitions[entry];
            _entries++;
            if (value >= 0)
            {
                values[_values++] = values[value];
                _bytes += typeof(T) == typeof(ByteArray) ? Unsafe.As<T, ByteArray>(ref values[value]).Length : 0;
            }

            if (_bytes >= PieceBytes)
            {
                Write();
            }
        }

        public void Write()
        {
            if (_entries > _start)
            {
                to.WriteBatch(
                    _entries - _start,
                    maxDefinition == 0 ? [] : definitions.AsSpan(_start, _entries - _start),
                    maxRepetition == 0 ? [] : repetitions.AsSpan(_start, _entries - _start),
                    values.AsSpan(_firstValue, _values - _firstValue));
            }

            (_start, _firstValue, _bytes) = (_entries, _values, 0);
        }
    }
}
