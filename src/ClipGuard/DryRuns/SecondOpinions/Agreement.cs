using System.Text.Json.Serialization;

using ClipGuard.Media;

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
    public long ComparedCount => Formats.Sum(static format => format.ComparedCount);

    /// <summary>Of these, those that they disagree on.</summary>
    [JsonIgnore]
    public long DisagreementCount => Formats.Sum(static format => format.DisagreementCount);

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

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
    [JsonPropertyName("compared")]
    public long ComparedCount { get; init; }

    /// <summary>Of these, those that are bad for the run's decoder alone.</summary>
    [JsonPropertyName("decoderFaults")]
    public long DecoderFaultCount { get; init; }

    /// <summary>Those that are bad for the second decoder alone.</summary>
    [JsonPropertyName("alsoFaults")]
    public long AlsoFaultCount { get; init; }

    /// <summary>Those whose shapes differ.</summary>
    [JsonPropertyName("shapes")]
    public long ShapeDifferenceCount { get; init; }

    /// <summary>Those whose values differ.</summary>
    [JsonPropertyName("values")]
    public long ValueDifferenceCount { get; init; }

    /// <summary>Clips of which the second decoder came to neither, through no fault of theirs; not among <see cref="ComparedCount"/>.</summary>
    [JsonPropertyName("notCompared")]
    public long NotComparedCount { get; init; }

    /// <summary>Clips that they disagree on.</summary>
    [JsonIgnore]
    public long DisagreementCount => DecoderFaultCount + AlsoFaultCount + ShapeDifferenceCount + ValueDifferenceCount;

    /// <summary>With one more clip.</summary>
    internal FormatAgreement Plus(SecondOpinion opinion) => this with
    {
        ComparedCount = ComparedCount + (opinion.IsCompared ? 1 : 0),
        NotComparedCount = NotComparedCount + (opinion.IsCompared ? 0 : 1),
        DecoderFaultCount = DecoderFaultCount + (opinion.Disagreement is { About: DisagreementSubject.Verdict, Decoder.Fault: not null } ? 1 : 0),
        AlsoFaultCount = AlsoFaultCount + (opinion.Disagreement is { About: DisagreementSubject.Verdict, Also.Fault: not null } ? 1 : 0),
        ShapeDifferenceCount = ShapeDifferenceCount + (opinion.Disagreement is { About: DisagreementSubject.Shape } ? 1 : 0),
        ValueDifferenceCount = ValueDifferenceCount + (opinion.Disagreement is { About: DisagreementSubject.Values } ? 1 : 0),
    };

    /// <summary>With all of another run.</summary>
    internal FormatAgreement Plus(FormatAgreement other) => this with
    {
        ComparedCount = ComparedCount + other.ComparedCount,
        NotComparedCount = NotComparedCount + other.NotComparedCount,
        DecoderFaultCount = DecoderFaultCount + other.DecoderFaultCount,
        AlsoFaultCount = AlsoFaultCount + other.AlsoFaultCount,
        ShapeDifferenceCount = ShapeDifferenceCount + other.ShapeDifferenceCount,
        ValueDifferenceCount = ValueDifferenceCount + other.ValueDifferenceCount,
    };
}
