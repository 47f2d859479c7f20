using System.Text.Json.Serialization;

namespace ClipGuard.DryRuns.SecondOpinions;

/// <summary>How often two decoders agreed, of a run that asked a second one.</summary>
public sealed record Agreement
{
    /// <summary>Name and versions of the second decoder.</summary>
    public required string Also { get; init; }

    /// <summary>How far values may lie apart: <see cref="DryRunOptions.DisagreementTolerance"/>.</summary>
    public required double Tolerance { get; init; }

    /// <summary>The counts by format, in the order of their names. A clip that is named more than once counts once.</summary>
    public required IReadOnlyList<FormatAgreement> Formats { get; init; }

    /// <summary>Clips that were decoded by both.</summary>
    [JsonIgnore]
    public long Compared => Formats.Sum(static format => format.Compared);

    /// <summary>Of these, those that they disagree on.</summary>
    [JsonIgnore]
    public long Disagreements => Formats.Sum(static format => format.Disagreements);

    /// <summary>The counts of several runs together; null where none of them asked a second decoder.</summary>
    internal static Agreement? Sum(IReadOnlyList<Agreement?> runs) => runs.OfType<Agreement>().ToArray() is not { Length: > 0 } asked ? null
        : asked[0] with
        {
            Formats =
            [
                .. asked.SelectMany(static run => run.Formats).GroupBy(static format => format.Format, StringComparer.Ordinal)
                    .OrderBy(static formats => formats.Key, StringComparer.Ordinal)
                    .Select(static formats => formats.Aggregate(static (sum, format) => sum.Plus(format))),
            ],
        };
}

/// <summary>How often two decoders agreed on clips of one format.</summary>
/// <param name="Format">The ending of the clips' names, or their kind where names have none.</param>
public sealed record FormatAgreement(string Format)
{
    /// <summary>Clips that were decoded by both, to data or a fault.</summary>
    public long Compared { get; init; }

    /// <summary>Of these, those that are bad for the run's decoder alone.</summary>
    public long DecoderFaults { get; init; }

    /// <summary>Those that are bad for the second decoder alone.</summary>
    public long AlsoFaults { get; init; }

    /// <summary>Those whose shapes differ.</summary>
    public long Shapes { get; init; }

    /// <summary>Those whose values differ.</summary>
    public long Values { get; init; }

    /// <summary>Clips of which the second decoder came to neither, through no fault of theirs; not among <see cref="Compared"/>.</summary>
    public long NotCompared { get; init; }

    /// <summary>Clips that they disagree on.</summary>
    [JsonIgnore]
    public long Disagreements => DecoderFaults + AlsoFaults + Shapes + Values;

    /// <summary>With one more clip.</summary>
    internal FormatAgreement Plus(SecondOpinion opinion) => this with
    {
        Compared = Compared + (opinion.IsCompared ? 1 : 0),
        NotCompared = NotCompared + (opinion.IsCompared ? 0 : 1),
        DecoderFaults = DecoderFaults + (opinion.Disagreement is { About: DisagreementSubject.Verdict, Decoder.Fault: not null } ? 1 : 0),
        AlsoFaults = AlsoFaults + (opinion.Disagreement is { About: DisagreementSubject.Verdict, Also.Fault: not null } ? 1 : 0),
        Shapes = Shapes + (opinion.Disagreement is { About: DisagreementSubject.Shape } ? 1 : 0),
        Values = Values + (opinion.Disagreement is { About: DisagreementSubject.Values } ? 1 : 0),
    };

    /// <summary>With all of another run.</summary>
    internal FormatAgreement Plus(FormatAgreement other) => this with
    {
        Compared = Compared + other.Compared,
        NotCompared = NotCompared + other.NotCompared,
        DecoderFaults = DecoderFaults + other.DecoderFaults,
        AlsoFaults = AlsoFaults + other.AlsoFaults,
        Shapes = Shapes + other.Shapes,
        Values = Values + other.Values,
    };
}
