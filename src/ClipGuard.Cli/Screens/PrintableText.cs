using System.Globalization;
using System.Text;

namespace ClipGuard.Cli.Screens;

/// <summary>Makes other people's text fit for a terminal: file names and decoder messages may hold anything.</summary>
internal static class PrintableText
{
    /// <summary>The text on one line: what would move the cursor, change colours or turn the reading direction is shown as an escape.</summary>
    public static string Line(string text)
    {
        if (!text.Any(IsUnsafe))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 8);
        foreach (char character in text)
        {
            _ = character switch
            {
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                '\t' => line.Append("\\t"),
                _ when IsUnsafe(character) => line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => line.Append(character),
            };
        }

        return line.ToString();
    }

    /// <summary>The text on one line of at most so many characters; what is left out is out of its middle, for names differ at their ends.</summary>
    public static string Short(string text, int most)
    {
        string line = Line(text);
        if (line.Length <= most)
        {
            return line;
        }

        int tail = (most - 1) * 2 / 3;
        int head = most - 1 - tail;
        return line[..(char.IsHighSurrogate(line[head - 1]) ? head - 1 : head)] + "…" + line[(char.IsLowSurrogate(line[^tail]) ? ^(tail - 1) : ^tail)..];
    }

    private static bool IsUnsafe(char character) => CharUnicodeInfo.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
