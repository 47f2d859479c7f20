using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;

using ParquetSharp;

namespace ClipGuard.Columnar;

/// <summary>
/// Values as JSON, for the fields of a sample: numbers stay numbers with all their digits; dates, times and instants are text as in ISO 8601; NaN and the
/// infinities, which JSON has no numbers for, are the texts <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>.
/// </summary>
internal static class ColumnValueJsonWriter
{
    private const long JulianDayOfEpoch = 2_440_588;
    private const long NanosecondsPerTick = 100;

    public static void WriteInt32(ColumnValueType type, int value, Utf8JsonWriter json)
    {
        switch (type.Logical)
        {
            case LogicalTypeEnum.Date:
                WriteDate(value, json);
                break;
            case LogicalTypeEnum.Time:
                WriteTime(type.Unit, value, json);
                break;
            case LogicalTypeEnum.Decimal:
                WriteDecimal(value, type.Scale, json);
                break;
            default:
                json.WriteNumberValue(type.IsSigned ? value : (uint)value);
                break;
        }
    }

    public static void WriteInt64(ColumnValueType type, long value, Utf8JsonWriter json)
    {
        switch (type.Logical)
        {
            case LogicalTypeEnum.Timestamp:
                WriteInstant(type, value, json);
                break;
            case LogicalTypeEnum.Time:
                WriteTime(type.Unit, value, json);
                break;
            case LogicalTypeEnum.Decimal:
                WriteDecimal(value, type.Scale, json);
                break;
            case var _ when !type.IsSigned:
                json.WriteNumberValue((ulong)value);
                break;
            default:
                json.WriteNumberValue(value);
                break;
        }
    }

    // Impala's and old Spark's timestamps: nanoseconds of the day, then its Julian number.
    public static void WriteInt96(ColumnValueType type, Int96 value, Utf8JsonWriter json)
    {
        long nanoseconds = ((long)value.B << 32) | (uint)value.A;
        long days = (uint)value.C - JulianDayOfEpoch;
        WriteTicks(((decimal)days * TimeSpan.TicksPerDay) + (nanoseconds / NanosecondsPerTick), isUtc: false, json);
    }

    public static void WriteFloat(ColumnValueType type, float value, Utf8JsonWriter json)
    {
        if (float.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    public static void WriteDouble(ColumnValueType type, double value, Utf8JsonWriter json)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    public static void WriteBytes(ColumnValueType type, ByteArray value, Utf8JsonWriter json) => WriteBytes(type, type.BytesOf(value), json);

    public static void WriteFixedBytes(ColumnValueType type, FixedLenByteArray value, Utf8JsonWriter json) => WriteBytes(type, type.BytesOf(value), json);

    private static void WriteBytes(ColumnValueType type, ReadOnlySpan<byte> value, Utf8JsonWriter json)
    {
        switch (type.Logical)
        {
            case LogicalTypeEnum.Decimal:
                WriteDecimal(new BigInteger(value, isBigEndian: true), type.Scale, json);
                break;
            case LogicalTypeEnum.Uuid when value.Length == 16:
                json.WriteStringValue(new Guid(value, bigEndian: true));
                break;
            case LogicalTypeEnum.Float16 when value.Length == 2:
                WriteFloat(type, (float)Unsafe.ReadUnaligned<Half>(in value[0]), json);
                break;
            default:
                json.WriteBase64StringValue(value);
                break;
        }
    }

    private static void WriteDecimal(BigInteger unscaled, int scale, Utf8JsonWriter json)
    {
        string digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture);
        if (scale > 0)
        {
            digits = digits.PadLeft(scale + 1, '0');
            digits = $"{digits[..^scale]}.{digits[^scale..]}";
        }

        json.WriteRawValue(unscaled.Sign < 0 ? "-" + digits : digits);
    }

    private static void WriteDate(int days, Utf8JsonWriter json) =>
        WriteText(json, days, DateTime.UnixEpoch.Ticks + (days * TimeSpan.TicksPerDay), "yyyy-MM-dd");

    private static void WriteTime(TimeUnit unit, long value, Utf8JsonWriter json) =>
        WriteText(json, value, (long)TicksOf(unit, value), "HH:mm:ss.FFFFFFF");

    private static void WriteInstant(ColumnValueType type, long value, Utf8JsonWriter json) => WriteTicks(TicksOf(type.Unit, value), type.IsUtc, json);

    private static void WriteTicks(decimal sinceEpoch, bool isUtc, Utf8JsonWriter json)
    {
        decimal ticks = DateTime.UnixEpoch.Ticks + decimal.Floor(sinceEpoch);
        if (ticks >= 0 && ticks <= DateTime.MaxValue.Ticks)
        {
            string text = new DateTime((long)ticks).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
            json.WriteStringValue(isUtc ? text + "Z" : text);
        }
        else
        {
            json.WriteNumberValue(sinceEpoch);
        }
    }

    private static void WriteText(Utf8JsonWriter json, long value, long ticks, string format)
    {
        if (ticks >= 0 && ticks <= DateTime.MaxValue.Ticks)
        {
            json.WriteStringValue(new DateTime(ticks).ToString(format, CultureInfo.InvariantCulture));
        }
        else
        {
            json.WriteNumberValue(value);
        }
    }

    private static decimal TicksOf(TimeUnit unit, long value) => unit switch
    {
        TimeUnit.Millis => (decimal)value * TimeSpan.TicksPerMillisecond,
        TimeUnit.Nanos => (decimal)value / NanosecondsPerTick,
        _ => (decimal)value * TimeSpan.TicksPerMicrosecond,
    };
}
