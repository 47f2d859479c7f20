using ClipGuard.DryRuns.SecondOpinions;

namespace ClipGuard.Cli.Screens;

/// <summary>The table of how often two decoders agreed, by format.</summary>
internal static class AgreementRows
{
    /// <summary>The names of its columns.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["Format", "Compared", "Agree", "Bad for the first", "Bad for the second", "Shape", "Values", "Not compared"];

    /// <summary>The table with its head.</summary>
    public static IEnumerable<string[]> Of(Agreement agreement) => agreement.Formats.Select(Row).Prepend([.. Columns]);

    private static string[] Row(FormatAgreement format) =>
    [
        format.Format,
        .. new[]
        {
            format.ComparedCount, format.ComparedCount - format.DisagreementCount, format.DecoderFaultCount, format.AlsoFaultCount,
            format.ShapeDifferenceCount, format.ValueDifferenceCount, format.NotComparedCount,
        }.Select(static count => Wording.Number(count)),
    ];
}
