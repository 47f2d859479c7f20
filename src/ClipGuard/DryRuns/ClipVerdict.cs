using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>The verdict on one clip.</summary>
/// <param name="Clip">The clip.</param>
internal sealed record ClipVerdict(ClipReference Clip)
{
    /// <summary>From dispatch to verdict, all attempts together; null where that is not known any more.</summary>
    public TimeSpan? Elapsed { get; init; }

    /// <summary>Why it gave no data; null where it did, or where that is unsettled.</summary>
    public ClipFaultRecord? Fault { get; init; }

    /// <summary>Why it is unsettled; null where it is not.</summary>
    public UnsettledRecord? Unsettled { get; init; }

    /// <summary>What the decoder said of a clip that decoded; null where that is not known.</summary>
    public TrackFacts? Facts { get; init; }

    /// <summary>Damage within the limits; null where there is none, or where that is not known.</summary>
    public DamageReport? Damage { get; init; }

    /// <summary>What came of asking a second decoder; null where none was asked, as of a later mention.</summary>
    public SecondOpinion? Second { get; init; }

    /// <summary>True where an earlier run came to it, which has logged it too.</summary>
    public bool IsEarlier { get; init; }

    /// <summary>True where it is that of an earlier mention of the same clip.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>True where the verdict store had it.</summary>
    public bool IsFromStore { get; init; }

    /// <summary>The clip decoded.</summary>
    public bool IsOk => Fault is null && Unsettled is null;

    /// <summary>What came of a decode.</summary>
    /// <param name="line">The row's line.</param>
    /// <param name="index">Which of the row's clips.</param>
    /// <param name="clip">The clip.</param>
    /// <param name="outcome">What came of it.</param>
    public static ClipVerdict Of(long line, int index, ClipReference clip, DecodeOutcome outcome) => new(clip)
    {
        Elapsed = outcome.Elapsed,
        Fault = outcome.Fault is { } fault ? ClipFaultRecord.Of(line, clip, fault) : null,
        Unsettled = outcome.Unsettled is { } unsettled ? UnsettledRecord.Of(line, index, clip, unsettled) : null,
        Facts = outcome.Clip?.Track,
        Damage = outcome.Clip is { Damage: var damage } && damage != DamageReport.None ? damage : null,
    };

    /// <summary>The verdict that the store has on a clip with these bytes. It cost no time.</summary>
    /// <param name="line">The row's line.</param>
    /// <param name="clip">The clip.</param>
    /// <param name="fault">Why it gives no data; null where it does.</param>
    /// <param name="facts">What the decoder said of it, where it does; null where that is not known.</param>
    public static ClipVerdict FromStore(long line, ClipReference clip, ClipFault? fault, TrackFacts? facts) =>
        new(clip) { Fault = fault is null ? null : ClipFaultRecord.Of(line, clip, fault), Facts = facts, IsFromStore = true };

    /// <summary>The same verdict for a later mention of the clip. It cost no time.</summary>
    /// <param name="line">The mention's line.</param>
    /// <param name="index">Which of its row's clips.</param>
    /// <param name="clip">The clip as it is named there.</param>
    public ClipVerdict ForMention(long line, int index, ClipReference clip) => new(clip)
    {
        Fault = Fault?.Of(line, clip),
        Unsettled = Unsettled is { } unsettled ? unsettled with { Line = line, Index = index, Clip = clip.AsWritten, Path = clip.Path } : null,
        IsRepeat = true,
    };

    /// <summary>The verdict on a clip that is refused by its reference: nothing was decoded.</summary>
    public static ClipVerdict Refused(long line, ClipReference clip, ClipRefusal refusal)
    {
        var fault = new ClipFault(refusal.Kind, DecodeStage.None, refusal.Message, new PostMortem { AttemptCount = 0 });
        return new ClipVerdict(clip) { Elapsed = TimeSpan.Zero, Fault = ClipFaultRecord.Of(line, clip, fault) };
    }
}
