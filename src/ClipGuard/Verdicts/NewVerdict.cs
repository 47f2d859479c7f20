using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Verdicts;

/// <summary>What came of a decode, as far as a store keeps it.</summary>
/// <param name="Elapsed">From dispatch to verdict.</param>
internal readonly record struct NewVerdict(TimeSpan Elapsed)
{
    /// <summary>Why the clip gave no data; null where it did, or where that is unsettled.</summary>
    public ClipFault? Fault { get; init; }

    /// <summary>True where a later disagreement of helpers puts the fault in doubt.</summary>
    public bool IsUnconfirmed { get; init; }

    /// <summary>True where nobody knows: nothing is kept of that.</summary>
    public bool IsUnsettled { get; init; }

    /// <summary>What the decoder said of a clip that decoded.</summary>
    public TrackFacts? Facts { get; init; }

    /// <summary>What came of a decode.</summary>
    public static NewVerdict Of(DecodeOutcome outcome) => new(outcome.Elapsed)
    {
        Fault = outcome.Fault,
        IsUnconfirmed = outcome is FaultOutcome { IsUnconfirmed: true },
        IsUnsettled = outcome.Unsettled is not null,
        Facts = outcome.Clip?.Track,
    };
}
