using System.Globalization;


namespace ClipGuard.Cli.Settings;

/// <summary>Reads the text of settings. What is not understood is said in words, never guessed at.</summary>
internal static class ValueText
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(365);

    /// <summary>Seconds, fractions allowed; 0 gives null.</summary>
    public static TimeSpan? SecondsOrOff(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds == 0
            ? null
            : ToTime(text, "a positive number of seconds, such as 60 or 2.5, or 0 to decode without helpers and without a deadline");

    /// <summary>A positive number of seconds, fractions allowed.</summary>
    public static TimeSpan Seconds(string text) => ToTime(text, "a positive number of seconds, such as 60 or 2.5");

    /// <summary>A whole number of at least 1.</summary>
    public static int Count(string text) => (int)Whole(text, 1, int.MaxValue);

    /// <summary>A whole number of at least 0.</summary>
    public static int CountOrNone(string text) => (int)Whole(text, 0, int.MaxValue);

    /// <summary>A whole number of at least 1 that need not fit in 32 bits.</summary>
    public static long LongCount(string text) => Whole(text, 1, long.MaxValue);

    /// <summary>A sample rate in Hz.</summary>
    public static int SampleRate(string text) => (int)Whole(text, 1, 1_000_000);

    /// <summary>A number of bytes, with KiB, MiB, GiB or nothing behind it.</summary>
    public static long Bytes(string text)
    {
        string number = text.Trim();
        int shift = 0;
        foreach ((string unit, int bits) in new[] { ("KiB", 10), ("MiB", 20), ("GiB", 30) })
        {
            if (number.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                (number, shift) = (number[..^unit.Length].TrimEnd(), bits);
                break;
            }
        }

        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= 1 && value <= long.MaxValue >> shift
            ? value << shift
            : throw Unlike(text, "a positive number of bytes, such as 1073741824, 512MiB or 2GiB");
    }

    /// <summary>Width and height in pixels, <c>320x240</c>, or one number for a square.</summary>
    public static PixelSize Size(string text)
    {
        const int largest = 32_768;
        string[] sides = text.Split('x', 'X');
        return sides.Length <= 2
            && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            && int.TryParse(sides[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            && width is >= 1 and <= largest && height is >= 1 and <= largest
                ? new PixelSize(width, height)
                : throw Unlike(text, $"WIDTHxHEIGHT, such as 320x240, or one number for a square, each from 1 to {largest}");
    }

    /// <summary>A size, or <c>own</c> for null: the picture's own.</summary>
    public static PixelSize? SizeOrOwn(string text)
    {
        try
        {
            return string.Equals(text, "own", StringComparison.OrdinalIgnoreCase) ? null : Size(text);
        }
        catch (FormatException trouble)
        {
            throw new FormatException(trouble.Message + ", or 'own' for the picture's own size");
        }
    }

    /// <summary>A path, made absolute against the current folder.</summary>
    public static string FilePath(string text) =>
        text.Length == 0 || text.Contains('\0', StringComparison.Ordinal) ? throw Unlike(text, "a path") : Path.GetFullPath(text);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static bool TrueOrFalse(string text) => bool.TryParse(text, out bool value) ? value : throw Unlike(text, "true or false");

    /// <summary>One of several words.</summary>
    public static Func<string, T> OneOf<T>(params (string Word, T Value)[] words) => text =>
    {
        foreach ((string word, T value) in words)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        throw Unlike(text, "one of " + string.Join(", ", words.Select(choice => choice.Word)));
    };

    private static TimeSpan ToTime(string text, string expected)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) || !double.IsFinite(seconds) || seconds <= 0)
        {
            throw Unlike(text, expected);
        }

        return seconds < 0.001 ? throw Unlike(text, "at least 0.001 seconds")
            : seconds > LongestTime.TotalSeconds ? throw Unlike(text, $"at most {LongestTime.TotalSeconds:0} seconds, a year")
            : TimeSpan.FromSeconds(seconds);
    }

    private static long Whole(string text, long least, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most
            ? value
            : throw Unlike(text, most is int.MaxValue or long.MaxValue ? $"a whole number of at least {least}" : $"a whole number from {least} to {most}");

    private static FormatException Unlike(string text, string expected) =>
        new($"{(text.Length == 0 ? "nothing" : $"'{text}'")} was given, expected {expected}");
}
