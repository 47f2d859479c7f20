using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>
/// Several windows of one video, each of the same number of frames, out of one decode: <c>[windows, frames, height, width, channels]</c>, or with the
/// channels before the height. They lie within the spec's time range and may overlap.
/// </summary>
/// <param name="Count">How many windows, 1 to <see cref="AudioWindows.MaxCount"/>.</param>
/// <param name="FramesPerWindow">How many frames each of them has, at least 1.</param>
public sealed record WindowFrames(int Count, int FramesPerWindow) : FrameSelection
{
    /// <summary>
    /// Frames a second within a window: the frames on show at <c>start + i/rate</c>, and a window lasts <c>frames/rate</c> seconds. A frame that begins within
    /// a microsecond after such a time is taken for on show. Null (the default) takes consecutive frames, whatever their times.
    /// </summary>
    public double? PerSecond { get; init; }

    /// <summary>
    /// Where each window lies, ascending: 0 begins with the time range, 1 ends with it, and between them they begin proportionately later: with a rate at
    /// <c>position·free</c> of the <c>free</c> seconds by which the range is longer than a window, otherwise at the frame
    /// <c>min(free, floor(position·(free + 1)))</c> of the <c>free</c> frames. Null (the default) spreads them evenly from 0 to 1; a single one begins at 0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? Positions { get; init; }

    /// <summary>What happens with a clip that is shorter than a window. Default <see cref="ShortClipPolicy.Refuse"/>.</summary>
    public ShortClipPolicy WhenShort { get; init; }

    /// <inheritdoc cref="AudioWindows.AtRandom"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AtRandom { get; init; }

    internal override int? KnownCount => (int)Math.Min((long)Count * FramesPerWindow, int.MaxValue);
}
