using System.Globalization;

using ClipGuard.Media;

namespace ClipGuard.Cli.Settings;

/// <summary>Reads the text of a picture's size.</summary>
internal static class OutputSizeParser
{
    private const int Largest = 32_768;

    /// <summary>
    /// <c>320x240</c>, <c>224</c>, <c>own</c>, <c>shorter:256:224x224</c>, <c>smart</c>, or <c>smart:FACTOR:MIN:MAX:TOTAL</c> with budgets of pixels, which
    /// may end anywhere; a budget that is empty has its default.
    /// </summary>
    public static OutputSize Read(string text) => text.ToLowerInvariant().Split(':') switch
    {
        ["own"] => new OwnSize(),
        ["shorter", var side, var crop] when Side(side) is { } shorter && Sides(crop) is { } cut => new ShorterSideSize(shorter, cut.Width, cut.Height),
        ["smart"] => new SmartSize(),
        ["smart", var factor, .. { Length: <= 3 } budgets] when Side(factor) is { } multiple && Budgets(multiple, budgets) is { } size => size,
        [var sides] when Sides(sides) is { } size => new ExactSize(size.Width, size.Height),
        _ => throw SettingTextParser.Unlike(
            text,
            $"WIDTHxHEIGHT such as 320x240 or one number for a square (each from 1 to {Largest}), own, shorter:256:224x224, smart, smart:32 or "
                + "smart:28:3136:12845056:90316800 (the factor, the least and the most pixels of a picture, and the most of a video; an empty one has its "
                + "default)"),
    };

    private static (int Width, int Height)? Sides(string text)
    {
        string[] sides = text.Split('x');
        return sides.Length <= 2 && Side(sides[0]) is { } width && Side(sides[^1]) is { } height ? (width, height) : null;
    }

    private static SmartSize? Budgets(int factor, string[] budgets)
    {
        long?[] pixels = [.. budgets.Select(static budget => budget.Length == 0 ? null : Pixels(budget)), null, null, null];
        bool understood = budgets.Zip(pixels).All(static budget => budget.First.Length == 0 || budget.Second is not null);
        return understood && !(pixels[0] > pixels[1])
            ? new SmartSize { Factor = factor, MinPixels = pixels[0], MaxPixels = pixels[1], TotalPixels = pixels[2] }
            : null;
    }

    private static int? Side(string text) => Pixels(text) is { } side and <= Largest ? (int)side : null;

    private static long? Pixels(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count >= 1 ? count : null;
}
