using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>
/// Several windows of one audio clip, all of the same length, out of one decode. They lie within the spec's time range and may overlap.
/// A window has the samples that the same range asked for alone would have.
/// </summary>
/// <param name="Count">How many windows, 1 to <see cref="MaxCount"/>.</param>
/// <param name="Seconds">How long each of them is: <c>floor(seconds·rate)</c> samples of the track.</param>
public sealed record AudioWindows(int Count, double Seconds)
{
    /// <summary>The most windows that one decode gives.</summary>
    public const int MaxCount = 1024;

    /// <summary>
    /// Where each window lies, ascending: 0 begins with the time range, 1 ends with it, and between them they begin proportionately later, at the sample
    /// <c>min(free, floor(position·(free + 1)))</c> of the <c>free</c> samples by which the range is longer than a window.
    /// Null (the default) spreads them evenly from 0 to 1; a single one begins at 0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? Positions { get; init; }

    /// <summary>What happens with a clip that is shorter than a window. Default <see cref="ShortClipPolicy.Refuse"/>.</summary>
    public ShortClipPolicy WhenShort { get; init; }

    /// <summary>
    /// True where a loader draws the positions of each sample anew, by its seed, the epoch and the sample's position. Where nothing draws, as in a dry run,
    /// they are spread evenly. Default false.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AtRandom { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);
}
