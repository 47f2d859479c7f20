using System.Text.Json.Serialization;

using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns.SecondOpinions;

/// <summary>
/// One line of <c>disagreements.jsonl</c>: a clip of which two decoders gave something else. One that the manifest names more than once has one line, for its
/// first mention.
/// </summary>
public sealed record Disagreement : ClipRecord
{
    /// <summary>What it is counted under: the ending of its name, or where it has none its kind.</summary>
    public required string Format { get; init; }

    /// <summary>What they do not agree on.</summary>
    public required DisagreementSubject About { get; init; }

    /// <summary>One sentence for a person.</summary>
    public required string Message { get; init; }

    /// <summary>What the run's own decoder came to, whose verdict counts.</summary>
    public required Opinion Decoder { get; init; }

    /// <summary>What the second decoder came to.</summary>
    public required Opinion Also { get; init; }

    /// <summary>
    /// The largest root mean square of the differences within a tenth of a second of audio or within one picture, as a share of full scale; of audio that
    /// differs in length alone, of what both have. Left out where values could not be compared, or one is no number.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Difference { get; init; }

    /// <summary>Where in audio that is, in seconds of what was delivered.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AtSeconds { get; init; }

    /// <summary>Which of the delivered frames of a video that is, from 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? AtFrame { get; init; }
}

/// <summary>What two decoders do not agree on.</summary>
public enum DisagreementSubject
{
    /// <summary>The clip is bad for one, and the other decodes it.</summary>
    Verdict,

    /// <summary>Both decode it, to another sample rate, another number of channels, samples or frames, or another size.</summary>
    Shape,

    /// <summary>Both decode it to the same shape, and values lie further apart than was allowed.</summary>
    Values,
}

/// <summary>What one decoder came to.</summary>
public sealed record Opinion
{
    /// <summary>The fault, by its name; left out where it decoded the clip.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Fault { get; init; }

    /// <summary>Where it was then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DecodeStage? Stage { get; init; }

    /// <summary>What it said of the fault.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }

    /// <summary>The shape of what it delivered, as <see cref="DecodedClip.Shape"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Shape { get; init; }

    /// <summary>Its sample rate, of audio.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SampleRateHz { get; init; }

    /// <summary>From dispatch to verdict, all attempts together.</summary>
    public required double ElapsedSeconds { get; init; }

    /// <summary>Its last log lines, oldest first, of a fault.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Log { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

    /// <summary>What came of a decode that is settled.</summary>
    internal static Opinion Of(DecodeOutcome outcome) => new()
    {
        Fault = outcome.Fault?.Kind.ToString(),
        Stage = outcome.Fault?.Stage,
        Message = outcome.Fault?.Message,
        Shape = outcome.Clip?.Shape,
        SampleRateHz = outcome.Clip is { SampleRateHz: > 0 and var rate } ? rate : null,
        ElapsedSeconds = Seconds.Of(outcome.Elapsed),
        Log = outcome.Fault?.PostMortem.Log is { Count: > 0 } log ? log : null,
    };
}
