namespace ClipGuard.Cli.Screens;

/// <summary>Text of pieces that stay whole: where a line has no room for the next one, it begins another.</summary>
internal static class WrappedText
{
    /// <summary>The lines.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">What stands between its pieces. It ends a line without its last blank.</param>
    /// <param name="width">Most characters of a line. A piece that is longer loses its middle.</param>
    public static IEnumerable<string> Lines(string text, string separator, int width)
    {
        string line = string.Empty;
        foreach (string piece in text.Split(separator))
        {
            string longer = line.Length == 0 ? piece : line + separator + piece;
            if (line.Length > 0 && longer.Length > width)
            {
                yield return Ended(line, separator, width);
                longer = piece;
            }

            line = PrintableText.Short(longer, width);
        }

        yield return line;
    }

    // A comma stays with what is before it.
    private static string Ended(string line, string separator, int width)
    {
        string end = separator.TrimEnd();
        return end == "," && line.Length < width ? line + end : line;
    }
}
