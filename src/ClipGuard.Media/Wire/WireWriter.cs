using System.Buffers;
using System.Globalization;
using System.Text;

namespace ClipGuard.Media.Wire;

/// <summary>
/// Writes the JSON of one message, without spaces. A helper's first use of <see cref="System.Text.Json.Utf8JsonWriter"/> takes a seventh of its start: what
/// decides which characters are escaped is set up for all of them, and part of it compiled at run time. Who uses this closes what it has opened.
/// </summary>
/// <param name="datagram">Where it goes.</param>
internal sealed class WireWriter(IBufferWriter<byte> datagram)
{
    private const int MostBytesOfNumber = 32;

    // Of one character: as it is escaped.
    private const int MostBytesOfCharacter = 6;

    private bool _needsComma;

    public void WriteStartObject() => Open((byte)'{');

    public void WriteStartObject(string name)
    {
        WriteName(name);
        Open((byte)'{');
    }

    public void WriteEndObject() => Close((byte)'}');

    public void WriteStartArray(string name)
    {
        WriteName(name);
        Open((byte)'[');
    }

    public void WriteEndArray() => Close((byte)']');

    public void WriteString(string name, string? value)
    {
        WriteName(name);
        if (value is null)
        {
            Separate();
            Put("null"u8);
        }
        else
        {
            WriteStringValue(value);
        }
    }

    public void WriteBoolean(string name, bool value)
    {
        WriteName(name);
        Separate();
        Put(value ? "true"u8 : "false"u8);
    }

    public void WriteNumber(string name, long value)
    {
        WriteName(name);
        WriteNumberValue(value);
    }

    public void WriteNumber(string name, double value)
    {
        WriteName(name);
        WriteNumberValue(value);
    }

    /// <summary>Writes a text, unless it is null.</summary>
    public void WriteOptional(string name, string? value)
    {
        if (value is not null)
        {
            WriteString(name, value);
        }
    }

    /// <summary>Writes a whole number, unless it is null.</summary>
    public void WriteOptional(string name, long? value)
    {
        if (value is { } number)
        {
            WriteNumber(name, number);
        }
    }

    /// <summary>Writes a number, unless it is null.</summary>
    public void WriteOptional(string name, double? value)
    {
        if (value is { } number)
        {
            WriteNumber(name, number);
        }
    }

    public void WriteNumberValue(long value)
    {
        Separate();
        _ = value.TryFormat(datagram.GetSpan(MostBytesOfNumber), out int length, default, CultureInfo.InvariantCulture);
        datagram.Advance(length);
    }

    /// <exception cref="ArgumentException">JSON has no such number.</exception>
    public void WriteNumberValue(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentException($"JSON has no number {value}.", nameof(value));
        }

        Separate();
        _ = value.TryFormat(datagram.GetSpan(MostBytesOfNumber), out int length, default, CultureInfo.InvariantCulture);
        datagram.Advance(length);
    }

    /// <summary>Writes a text; half of a surrogate pair becomes U+FFFD.</summary>
    public void WriteStringValue(string value)
    {
        Separate();
        Span<byte> room = datagram.GetSpan((value.Length * MostBytesOfCharacter) + 2);
        int at = 0;
        room[at++] = (byte)'"';
        int from = 0;
        for (int i = 0; i < value.Length; i++)
        {
            char character = value[i];
            if (character is not ('"' or '\\' or < ' '))
            {
                continue;
            }

            at += Encoding.UTF8.GetBytes(value.AsSpan(from, i - from), room[at..]);
            from = i + 1;
            room[at++] = (byte)'\\';
            if (character >= ' ')
            {
                room[at++] = (byte)character;
                continue;
            }

            "u00"u8.CopyTo(room[at..]);
            room[at + 3] = HexDigit(character >> 4);
            room[at + 4] = HexDigit(character & 15);
            at += 5;
        }

        at += Encoding.UTF8.GetBytes(value.AsSpan(from), room[at..]);
        room[at++] = (byte)'"';
        datagram.Advance(at);
    }

    private static byte HexDigit(int value) => "0123456789abcdef"u8[value];

    private void WriteName(string name)
    {
        WriteStringValue(name);
        Put(":"u8);
        _needsComma = false;
    }

    private void Open(byte bracket)
    {
        Separate();
        Put([bracket]);
        _needsComma = false;
    }

    private void Close(byte bracket)
    {
        Put([bracket]);
        _needsComma = true;
    }

    // Every value and every name stands behind a comma, but the first after a bracket, and values behind their names.
    private void Separate()
    {
        if (_needsComma)
        {
            Put(","u8);
        }

        _needsComma = true;
    }

    private void Put(ReadOnlySpan<byte> bytes) => datagram.Write(bytes);
}
