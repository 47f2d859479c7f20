using System.Text.Json.Serialization;

namespace ClipGuard.DryRuns.SecondOpinions;

/// <summary>What came of asking a second decoder about one clip. It is kept with the clip's verdict, in the journal too.</summary>
/// <param name="Format">What the clip is counted under.</param>
internal sealed record SecondOpinion(string Format)
{
    /// <summary>False where the second decoder came to nothing, which says nothing of the clip.</summary>
    public bool IsCompared { get; init; } = true;

    /// <summary>Where the two disagree; null where they agree.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Disagreement? Disagreement { get; init; }

    /// <summary>True where an earlier run has counted it.</summary>
    [JsonIgnore]
    public bool IsCounted { get; init; }
}
