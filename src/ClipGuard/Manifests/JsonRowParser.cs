using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ClipGuard.Manifests;

/// <summary>Turns lines into rows. One thread at a time.</summary>
/// <param name="options">How rows are read.</param>
/// <param name="paths">Where relative paths lead.</param>
/// <param name="joinsLines">Whether what is read may hold line breaks, and a row's raw bytes are to be one line.</param>
internal sealed class JsonRowParser(ManifestOptions options, PathResolver paths, bool joinsLines = false) : ITextRowParser
{
    private readonly JsonSampleReader _samples = new(options, paths);

    /// <inheritdoc/>
    public ManifestRow? Read(TextLine line)
    {
        if (line.IsTooLong)
        {
            return line.TooLong(options);
        }

        if (line.IsBlank)
        {
            return null;
        }

        ReadOnlySpan<byte> text = line.Text;
        if (!Utf8.IsValid(text))
        {
            int at = FirstInvalidByte(text);
            return new BadRow(line.Number, ColumnOf(text, at), $"the byte 0x{text[at]:X2}", "UTF-8");
        }

        // Copied out of the line reader's buffer: the sample's raw values are slices of these bytes.
        byte[] raw = joinsLines ? [.. line.Raw.Span, (byte)'\n'] : line.Raw.ToArray();
        try
        {
            Sample sample = _samples.Read(raw.AsMemory(0, text.Length));
            if (joinsLines)
            {
                JoinLines(raw);
            }

            return new SampleRow(line.Number, raw, sample) { Offset = line.Offset };
        }
        catch (BadRowException error)
        {
            return new BadRow(line.Number, ColumnOf(text, error.At), error.Found, error.Expected);
        }
        catch (JsonException error)
        {
            int at = (int)Math.Min(StartOfLine(text, error.LineNumber ?? 0) + (error.BytePositionInLine ?? 0), text.Length);
            return new BadRow(line.Number, ColumnOf(text, at), CharacterAt(text, at), $"JSON: {Reason(error)}");
        }
    }

    // JSON has no line break within a string, so that these stand between its parts.
    private static void JoinLines(byte[] raw)
    {
        Span<byte> text = raw.AsSpan(0, raw.Length - 1);
        text.Replace((byte)'\n', (byte)' ');
        text.Replace((byte)'\r', (byte)' ');
    }

    private static int StartOfLine(ReadOnlySpan<byte> text, long number)
    {
        int start = 0;
        for (long line = 0; line < number; line++)
        {
            start += text[start..].IndexOf((byte)'\n') + 1;
        }

        return start;
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(text[at..], out _, out int length) == OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }

    private static int ColumnOf(ReadOnlySpan<byte> text, long at)
    {
        int column = 1;
        foreach (byte value in text[..(int)at])
        {
            bool continuesCharacter = (value & 0xC0) == 0x80;
            column += continuesCharacter ? 0 : 1;
        }

        return column;
    }

    private static string CharacterAt(ReadOnlySpan<byte> text, int at)
    {
        if (at >= text.Length)
        {
            return "the end of the line";
        }

        Rune.DecodeFromUtf8(text[at..], out Rune character, out _);
        return Rune.IsControl(character) ? $"the control character U+{character.Value:X4}" : $"'{character}'";
    }

    // System.Text.Json appends a line number and a byte position, which would mislead: they count from this row's start.
    private static string Reason(JsonException error)
    {
        int position = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? error.Message : error.Message[..position];
    }
}
