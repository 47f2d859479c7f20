using System.Runtime.CompilerServices;

using ParquetSharp;

namespace ClipGuard.Columnar;

/// <summary>What the values of a column are, as far as reading them needs it.</summary>
/// <param name="Logical">The logical type's kind; <see cref="LogicalTypeEnum.None"/> where the column has none.</param>
/// <param name="MaxDefinition">Definition level of an entry that has a value.</param>
/// <param name="MaxRepetition">0 where a row has exactly one entry.</param>
/// <param name="Length">Bytes of a value of fixed length.</param>
/// <param name="Scale">Of decimals: digits behind the point.</param>
/// <param name="Unit">Of times.</param>
/// <param name="IsUtc">Of timestamps: whether they are instants, and no local times.</param>
/// <param name="IsSigned">Of integers.</param>
/// <param name="IsText">Whether values are text in UTF-8.</param>
/// <param name="IsBytes">Whether values are bytes of which the file does not say what they are.</param>
internal sealed record ColumnValueType(
    LogicalTypeEnum Logical,
    short MaxDefinition,
    short MaxRepetition,
    int Length,
    int Scale,
    TimeUnit Unit,
    bool IsUtc,
    bool IsSigned,
    bool IsText,
    bool IsBytes)
{
    /// <summary>The type of a column.</summary>
    public static ColumnValueType Of(ColumnDescriptor column)
    {
        using LogicalType type = column.LogicalType;
        bool isBytes = column.PhysicalType is PhysicalType.ByteArray or PhysicalType.FixedLenByteArray;
        return new ColumnValueType(
            type.Type,
            column.MaxDefinitionLevel,
            column.MaxRepetitionLevel,
            column.PhysicalType == PhysicalType.FixedLenByteArray ? column.TypeLength : 0,
            column.TypeScale,
            type switch { TimestampLogicalType stamp => stamp.TimeUnit, TimeLogicalType time => time.TimeUnit, _ => TimeUnit.Unknown },
            type is TimestampLogicalType { IsAdjustedToUtc: true },
            type is not IntLogicalType { IsSigned: false },
            isBytes && type.Type is LogicalTypeEnum.String or LogicalTypeEnum.Enum or LogicalTypeEnum.Json,
            isBytes && type.Type is LogicalTypeEnum.None or LogicalTypeEnum.Bson or LogicalTypeEnum.Undefined or LogicalTypeEnum.Nil);
    }

    /// <summary>The bytes of a value that is bytes.</summary>
    public unsafe ReadOnlySpan<byte> BytesOf<T>(T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(ByteArray))
        {
            ByteArray bytes = Unsafe.As<T, ByteArray>(ref value);
            return new ReadOnlySpan<byte>((void*)bytes.Pointer, bytes.Length);
        }

        return typeof(T) == typeof(FixedLenByteArray)
            ? new ReadOnlySpan<byte>((void*)Unsafe.As<T, FixedLenByteArray>(ref value).Pointer, Length)
            : throw new InvalidOperationException($"Values of {typeof(T).Name} are no bytes.");
    }
}
