using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>One line of <c>unsettled.jsonl</c>: a clip that came to neither data nor a fault. Another run into the same folder tries these alone.</summary>
public sealed record UnsettledRecord : ClipRecord
{
    /// <summary>What stood in the way.</summary>
    public required UnsettledCause Cause { get; init; }

    /// <summary>Where the decode was.</summary>
    public required DecodeStage Stage { get; init; }

    /// <summary>One sentence for a person.</summary>
    public required string Message { get; init; }

    /// <summary>Where the time of the last try went.</summary>
    public required TimeByCauseRecord Time { get; init; }

    /// <summary>The record of an unsettled clip.</summary>
    internal static UnsettledRecord Of(long line, int index, ClipReference clip, UnsettledClip unsettled) => new()
    {
        Line = line,
        Index = index,
        Clip = clip.AsWritten,
        Path = clip.Path,
        Kind = clip.Kind,
        Cause = unsettled.Cause,
        Stage = unsettled.Stage,
        Message = unsettled.Message,
        Time = TimeByCauseRecord.Of(unsettled.PostMortem),
    };
}
