using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Media.Libav;

namespace ClipGuard.Cli.Settings;

/// <summary>Reads the text of settings. What is not understood is said in words, never guessed at.</summary>
internal static class SettingTextParser
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(30);

    /// <summary>Seconds, fractions allowed; 0 gives null.</summary>
    public static TimeSpan? SecondsOrOff(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds == 0
            ? null
            : TimeSpan.FromSeconds(Positive(text, "a positive number of seconds, such as 60 or 2.5, or 0 to decode without helpers and without a deadline"));

    /// <summary>A positive number of seconds, fractions allowed.</summary>
    public static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(PositiveSeconds(text));

    /// <summary>The same, exact to the last digit.</summary>
    public static double PositiveSeconds(string text) => Positive(text, "a positive number of seconds, such as 60 or 2.5");

    /// <summary>A whole number of at least 1.</summary>
    public static int Count(string text) => (int)Whole(text, 1, int.MaxValue);

    /// <summary>A whole number of at least 1, or <c>auto</c>, which is null.</summary>
    public static int? CountOrAuto(string text) => text == "auto" ? null : Count(text);

    /// <summary>A whole number of at least 0.</summary>
    public static int CountOrNone(string text) => (int)Whole(text, 0, int.MaxValue);

    /// <summary>A whole number of at least 1 that need not fit in 32 bits.</summary>
    public static long LongCount(string text) => Whole(text, 1, long.MaxValue);

    /// <summary>FFmpeg's major version, or the folder of its libraries, which is made absolute.</summary>
    public static string FFmpeg(string text)
    {
        var choice = LibavReleaseRequest.Parse(text, out string? problem);
        return problem is null ? choice.Folder ?? text : throw new FormatException(problem);
    }

    /// <summary>A sample rate in Hz, or <c>native</c>.</summary>
    public static int SampleRate(string text) =>
        string.Equals(text, "native", StringComparison.OrdinalIgnoreCase) ? AudioSpec.NativeRate : (int)Whole(text, 1, 1_000_000);

    /// <summary>A number of seconds from a clip's start, at least 0.</summary>
    public static double SecondsFromStart(string text) =>
        Number(text) is { } seconds && seconds >= 0 && seconds <= LongestTime.TotalSeconds
            ? seconds
            : throw Unlike(text, $"a number of seconds from 0 to {LongestTime.TotalSeconds:0}, 30 days");

    /// <summary>A share from 0 to 1.</summary>
    public static double Share(string text) => Number(text) is { } share and >= 0 and <= 1 ? share : throw Unlike(text, "a number from 0 to 1");

    /// <summary>Frames a second, and perhaps the fewest and the most frames and their factor: <c>2</c>, <c>2:4:768</c> or <c>2:4:768:2</c>.</summary>
    public static FrameSelection FrameRate(string text)
    {
        string[] parts = text.Split(':');
        if (Number(parts[0]) is not { } perSecond || perSecond <= 0 || parts.Length is 2 or > 4)
        {
            throw Unlike(
                text,
                "a positive number of frames a second, such as 2 or 0.5, or with the fewest and the most frames, such as 2:4:768, "
                    + "and what they are a multiple of, such as 2:4:768:2");
        }

        var rate = new RateFrames(perSecond);
        rate = parts.Length < 3 ? rate : rate with { MinFrames = Count(parts[1]), MaxFrames = Count(parts[2]) };
        rate = parts.Length < 4 ? rate : rate with { Factor = Count(parts[3]) };
        return rate.MaxFrames >= rate.Factor ? rate : throw Unlike(text, $"the most frames to be at least the factor, which is {rate.Factor}");
    }

    /// <summary>A number of frames, and perhaps what it is rounded to a multiple of: <c>16</c> or <c>16:4</c>.</summary>
    public static FrameSelection SmartFrames(string text)
    {
        string[] parts = text.Split(':');
        var smart = new SmartFrames(Count(parts[0]));
        smart = parts.Length == 1 ? smart : smart with { Factor = Count(parts[1]) };
        return parts.Length <= 2 && smart.Count * 2L > smart.Factor
            ? smart
            : throw Unlike(text, "a number of frames such as 16, or with what it is rounded to a multiple of, such as 16:4, and not to none");
    }

    /// <summary>Windows of a video's frames: <c>4:16</c>, <c>4:16:8</c>, and with what becomes of shorter ones <c>4:16:8:pad</c>.</summary>
    public static FrameSelection WindowFrames(string text)
    {
        (string[] parts, ShortClipPolicy policy) = Windows(text);
        double? rate = parts.Length == 3 ? Number(parts[2]) : null;
        return parts.Length is 2 or 3 && (parts.Length == 2 || rate > 0)
            ? new WindowFrames(WindowCount(parts[0]), Count(parts[1])) { PerSecond = rate, WhenShort = policy }
            : throw Unlike(
                text, "a number of windows and of the frames of each, such as 4:16, or with frames a second, such as 4:16:8, and with 'pad' or 'loop'");
    }

    /// <summary>Windows of audio: <c>3:2.5</c>, and with what becomes of shorter clips <c>3:2.5:loop</c>.</summary>
    public static AudioWindows AudioWindows(string text)
    {
        (string[] parts, ShortClipPolicy policy) = Windows(text);
        return parts.Length == 2
            ? new AudioWindows(WindowCount(parts[0]), PositiveSeconds(parts[1])) { WhenShort = policy }
            : throw Unlike(text, "a number of windows and the seconds of each, such as 3:2.5, or with 'pad' or 'loop', such as 3:2.5:pad");
    }

    private static (string[] Parts, ShortClipPolicy Policy) Windows(string text)
    {
        string[] parts = text.Split(':');
        return Enum.TryParse(parts[^1], ignoreCase: true, out ShortClipPolicy policy) && char.IsLetter(parts[^1][0]) ? (parts[..^1], policy) : (parts, default);
    }

    private static int WindowCount(string text) => (int)Whole(text, 1, Media.AudioWindows.MaxCount);

    /// <summary>Whole numbers between commas; negative ones count from the end.</summary>
    public static IReadOnlyList<int> Indices(string text) => [.. text.Split(',').Select(part =>
        int.TryParse(part.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index)
            ? index
            : throw Unlike(text, "whole numbers between commas, such as 0,10,-1"))];

    /// <summary>Seconds between commas.</summary>
    public static IReadOnlyList<double> Times(string text) => [.. text.Split(',').Select(part =>
        Number(part) is { } seconds and >= 0 ? seconds : throw Unlike(text, "seconds between commas, such as 0,1.5,3"))];

    /// <summary>Words between commas, at least one.</summary>
    public static IReadOnlyList<string> Words(string text)
    {
        string[] words = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 ? words : throw Unlike(text, "names between commas");
    }

    /// <summary>A colour as six hexadecimal digits.</summary>
    public static RgbColor Color(string text) =>
        text.Length == 6 && int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int color)
            ? new RgbColor((byte)(color >> 16), (byte)(color >> 8), (byte)color)
            : throw Unlike(text, "a colour of six hexadecimal digits, such as ffffff");

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

    private static double Positive(string text, string expected)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) || !double.IsFinite(seconds) || seconds <= 0)
        {
            throw Unlike(text, expected);
        }

        return seconds < 0.001 ? throw Unlike(text, "at least 0.001 seconds")
            : seconds > LongestTime.TotalSeconds ? throw Unlike(text, $"at most {LongestTime.TotalSeconds:0} seconds, 30 days")
            : seconds;
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    private static long Whole(string text, long least, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most
            ? value
            : throw Unlike(text, most is int.MaxValue or long.MaxValue ? $"a whole number of at least {least}" : $"a whole number from {least} to {most}");

    /// <summary>What is thrown where a text is no such value.</summary>
    public static FormatException Unlike(string text, string expected) =>
        new($"{(text.Length == 0 ? "nothing" : $"'{text}'")} was given, expected {expected}");
}
