using System.Text.Json.Serialization;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>
/// One line of a dry run's <c>excluded.jsonl</c>: a row that training has to leave out, named so that it is found again however its manifest is split, and
/// whatever it is read together with.
/// </summary>
public sealed record ExcludedRow
{
    /// <summary>
    /// The file, shard or folder that the row stands in: its path from the folder that holds all sources of the manifest, or <c>-</c> for standard input.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>1-based line, or number, of the row within its source; left out where <see cref="Key"/> names it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Line { get; init; }

    /// <summary>The key of a sample in a shard, or the path of a file in a folder; left out where <see cref="Line"/> names the row.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    /// <summary>Why the row is no sample: the name of the fault. Left out where it is one, and its clips are why.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Fault { get; init; }

    /// <summary>Its clips that gave no data, in the row's order; left out where the row is no sample.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ExcludedClip>? Clips { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);
}

/// <summary>A clip for which a row is excluded.</summary>
/// <param name="Clip">The manifest's own words for it; encoded bytes are shortened.</param>
/// <param name="Kind">What it was to be decoded as.</param>
public sealed record ExcludedClip(string Clip, ClipKind Kind)
{
    /// <summary>The name of its fault; left out where it is unsettled.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Fault { get; init; }

    /// <summary>Why it is neither good nor bad: the name of the cause. Left out where it has a fault.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Unsettled { get; init; }
}
