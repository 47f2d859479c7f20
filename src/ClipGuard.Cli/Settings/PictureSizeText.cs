using System.Globalization;

using ClipGuard.Media;

namespace ClipGuard.Cli.Settings;

/// <summary>Reads the text of a picture's size.</summary>
internal static class PictureSizeText
{
    private const int Largest = 32_768;

    /// <summary><c>320x240</c>, <c>224</c>, <c>own</c>, <c>shorter:256:224x224</c>, <c>smart</c>, <c>smart:32</c> or <c>smart:32:MIN:MAX</c> with budgets of pixels.</summary>
    public static PictureSize Read(string text) => text.ToLowerInvariant().Split(':') switch
    {
        ["own"] => new OwnSize(),
        ["shorter", var side, var crop] when Side(side) is { } shorter && Sides(crop) is { } cut => new ShorterSideSize(shorter, cut.Width, cut.Height),
        ["smart"] => new SmartSize(),
        ["smart", var factor] when Side(factor) is { } multiple => new SmartSize { Factor = multiple },
        ["smart", var factor, var min, var max] when Side(factor) is { } multiple && Pixels(min) is { } least && Pixels(max) is { } most && least <= most =>
            new SmartSize { Factor = multiple, MinPixels = least, MaxPixels = most },
        [var sides] when Sides(sides) is { } size => new ExactSize(size.Width, size.Height),
        _ => throw ValueText.Unlike(
            text, $"WIDTHxHEIGHT such as 320x240 or one number for a square (each from 1 to {Largest}), own, shorter:256:224x224, smart, smart:32 or smart:32:3136:12845056"),
    };

    private static (int Width, int Height)? Sides(string text)
    {
        string[] sides = text.Split('x');
        return sides.Length <= 2 && Side(sides[0]) is { } width && Side(sides[^1]) is { } height ? (width, height) : null;
    }

    private static int? Side(string text) => Pixels(text) is { } side and <= Largest ? (int)side : null;

    private static long? Pixels(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count >= 1 ? count : null;
}
