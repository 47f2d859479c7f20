using System.Globalization;

using ClipGuard.Cli.Screens;
using ClipGuard.Media;

namespace ClipGuard.Cli.Parity;

/// <summary>What a comparison with the ffmpeg program came to, in words and as a table.</summary>
internal static class ParityText
{
    private static readonly string[] Heading =
        ["container", "codec", "kind", "compared", "agree", "length differs", "times differ", "values differ", "most apart", "refused here", "refused there",
            "by both"];

    // The first three columns are words.
    private const int WordColumns = 3;

    /// <summary>One line.</summary>
    public static string Of(ParityResult result)
    {
        string what = result.Kind is { } kind ? $"{result.Clip}: {Wording.Lower(kind)} ({result.Container}, {result.Codec})" : $"{result.Clip}:";
        if (result.Unsettled is { } unsettled)
        {
            return $"{what} unsettled, which says nothing about the clip: {unsettled}";
        }

        return (result.RefusedHere, result.RefusedThere) switch
        {
            ({ } here, null) => $"{what} ffmpeg gives {Wording.Number(result.There)} {Noun(result)}, and here it is {here}",
            (null, { } there) => $"{what} here it is decoded, and ffmpeg says {there}",
            ({ } here, { } there) => $"{what} refused by both: here it is {here}; ffmpeg says {there}",
            _ when result.Agrees => $"{what} agrees: {string.Join("; ", Parts(result))}",
            _ => $"{what} differs: {string.Join("; ", [.. Parts(result), .. result.Notes])}",
        };
    }

    /// <summary>The table by container and codec, line by line.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<ParityResult> results)
    {
        IEnumerable<string[]> rows = results
            .GroupBy(result => (result.Container, result.Codec, result.Kind))
            .OrderBy(group => group.Key.Kind).ThenBy(group => group.Key.Container, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Codec, StringComparer.Ordinal)
            .Select(group => Row(group.Key.Container, group.Key.Codec, group.Key.Kind is { } kind ? Wording.Lower(kind) : "?", [.. group]));
        string[][] cells = [Heading, .. rows, Row("all", string.Empty, string.Empty, results)];
        int[] widths = [.. Enumerable.Range(0, Heading.Length).Select(column => cells.Max(row => row[column].Length))];
        return cells.Select(row =>
            string.Join("  ", row.Select((cell, column) => column < WordColumns ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
    }

    private static string[] Row(string container, string codec, string kind, IReadOnlyList<ParityResult> results)
    {
        ParityResult[] compared = [.. results.Where(result => result.IsCompared)];
        return
        [
            container,
            codec,
            kind,
            Count(compared.Length),
            Count(compared.Count(result => result.Agrees)),
            Count(compared.Count(result => !result.LengthAgrees)),
            Count(compared.Count(result => !result.TimesAgree)),
            Count(compared.Count(result => !result.ValuesAgree)),
            kind.Length == 0 || compared.Length == 0 ? string.Empty : Apart(compared.MaxBy(result => result.ValuesApart)!),
            Count(results.Count(result => result is { RefusedHere: not null, RefusedThere: null })),
            Count(results.Count(result => result is { RefusedHere: null, RefusedThere: not null })),
            Count(results.Count(result => result is { RefusedHere: not null, RefusedThere: not null })),
        ];
    }

    private static IEnumerable<string> Parts(ParityResult result)
    {
        string noun = Noun(result);
        yield return result.LengthAgrees ? $"{Wording.Number(result.Here)} {noun} in both"
            : $"{Wording.Number(result.Here)} {noun} here, {Wording.Number(result.There)} by ffmpeg";
        if (result.Kind == ClipKind.Video)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"times at most {result.SecondsApart:0.######} s apart");
        }

        yield return $"values at most {Apart(result)} apart"
            + (result.Kind == ClipKind.Video && result.Compared < result.Here ? $", {Wording.Number(result.Compared)} frames compared" : string.Empty);
    }

    private static string Apart(ParityResult result) => result.Kind == ClipKind.Audio
        ? result.ValuesApart.ToString("0.0e+0", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{result.ValuesApart:0} of 255");

    private static string Noun(ParityResult result) => result.Kind == ClipKind.Audio ? "samples" : result.Kind is null ? "frames or samples" : "frames";

    private static string Count(int count) => count == 0 ? "-" : Wording.Number(count);
}
