using System.Text.Json.Serialization;

using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>The first line of a journal: what the verdicts behind it were come to with.</summary>
internal sealed record JournalHeader
{
    /// <summary>The layout that is written and read.</summary>
    public const int CurrentVersion = 1;

    [JsonPropertyName("clipguardJournal")]
    public int Version { get; init; } = CurrentVersion;

    public required VerdictSettings Settings { get; init; }

    /// <summary>The files of a manifest that is several; left out for one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SourceFile>? Files { get; init; }
}

/// <summary>
/// One line of a journal: the verdict on one clip, or its first failure. What identifies the clip stands before what became of it, so that lines of many
/// journals can be gathered by clip and settings.
/// </summary>
internal sealed record JournalEntry
{
    /// <summary>1-based line of the manifest.</summary>
    public required long Line { get; init; }

    /// <summary>Which of the row's clips, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The manifest's own words for the clip; encoded bytes are shortened.</summary>
    public required string Clip { get; init; }

    /// <summary>Absolute path of the file; left out where the clip is not in one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Path { get; init; }

    /// <summary>What it was decoded as.</summary>
    public required ClipKind Kind { get; init; }

    public required JournalVerdict Verdict { get; init; }

    /// <summary>From dispatch to verdict; left out for a first failure.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ElapsedSeconds { get; init; }

    /// <summary>The fault, or the first failure, as <c>faults.jsonl</c> has it; left out for a clip that decoded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClipFaultRecord? Fault { get; init; }

    /// <summary>What the decoder said of a clip that decoded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TrackFacts? Facts { get; init; }

    /// <summary>Damage within the limits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DamageReport? Damage { get; init; }

    /// <summary>What came of asking a second decoder.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SecondOpinion? Second { get; init; }

    /// <summary>The entry for a verdict.</summary>
    public static JournalEntry Of(long line, int index, ClipVerdict verdict) =>
        Of(line, index, verdict.Clip, verdict.Fault is null ? JournalVerdict.Ok : JournalVerdict.Fault) with
        {
            ElapsedSeconds = verdict.Elapsed is { } elapsed ? Seconds.Of(elapsed) : null,
            Fault = verdict.Fault,
            Facts = verdict.Facts,
            Damage = verdict.Damage,
            Second = verdict.Second,
        };

    /// <summary>The entry for a first failure, which is tried once more.</summary>
    public static JournalEntry OfFirstFailure(long line, int index, ClipReference clip, ClipFault failure) =>
        Of(line, index, clip, JournalVerdict.FailedOnce) with { Fault = ClipFaultRecord.Of(line, clip, failure) };

    private static JournalEntry Of(long line, int index, ClipReference clip, JournalVerdict verdict) =>
        new() { Line = line, Index = index, Clip = clip.AsWritten, Path = clip.Path, Kind = clip.Kind, Verdict = verdict };
}

/// <summary>What a journal says of a clip. Nothing is written of what stays unsettled, which says nothing about the clip.</summary>
internal enum JournalVerdict
{
    /// <summary>It decoded.</summary>
    Ok,

    /// <summary>It has a fault.</summary>
    Fault,

    /// <summary>It has failed in a way that may have been bad luck: the next such failure is its fault.</summary>
    FailedOnce,
}
