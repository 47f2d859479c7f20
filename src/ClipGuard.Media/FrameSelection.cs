using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>
/// Which frames of a video are wanted. Frames are counted in the order they are shown, from 0, within the spec's time range;
/// what is known of them before anything is decoded is their presentation times and which are key frames.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "by")]
[JsonDerivedType(typeof(UniformFrames), "uniform")]
[JsonDerivedType(typeof(MidpointFrames), "midpoint")]
[JsonDerivedType(typeof(RateFrames), "rate")]
[JsonDerivedType(typeof(SmartFrames), "smart")]
[JsonDerivedType(typeof(IndexFrames), "index")]
[JsonDerivedType(typeof(TimeFrames), "time")]
[JsonDerivedType(typeof(KeyFrames), "key")]
[JsonDerivedType(typeof(WindowFrames), "windows")]
public abstract record FrameSelection
{
    /// <inheritdoc/>
    public sealed override string ToString() => RecordPrinting.Of(this);

    /// <summary>How many frames it takes; null where that depends on the video. Known before there is memory for them.</summary>
    internal virtual int? KnownCount => null;
}

/// <summary>A number of frames spread evenly, the first and the last among them: NumPy's <c>linspace(0, total - 1, n).round()</c>.</summary>
/// <param name="Count">How many, at least 1. A video with fewer gives some of its frames more than once.</param>
public sealed record UniformFrames(int Count) : FrameSelection
{
    internal override int? KnownCount => Count;
}

/// <summary>The middles of equally long segments, as InternVL picks them: <c>int(seg/2 + round(seg·i))</c> with <c>seg = (total - 1)/n</c>.</summary>
/// <param name="Count">How many, at least 1.</param>
public sealed record MidpointFrames(int Count) : FrameSelection
{
    internal override int? KnownCount => Count;
}

/// <summary>
/// So many frames a second, as qwen-vl-utils' <c>smart_nframes</c> counts and spreads them (float32 <c>linspace</c>, halves rounded to even).
/// A video with fewer than <see cref="Factor"/> frames cannot be sampled so and is <see cref="FaultKind.Unsupported"/>.
/// </summary>
/// <param name="PerSecond">Frames a second, positive. qwen-vl-utils' default is 2.</param>
public sealed record RateFrames(double PerSecond) : FrameSelection
{
    /// <summary>Fewest frames, rounded up to the factor. Default 4.</summary>
    public int MinFrames { get; init; } = 4;

    /// <summary>Most frames, rounded down to the factor. Default 768.</summary>
    public int MaxFrames { get; init; } = 768;

    /// <summary>The number of frames is a multiple of this. Default 2.</summary>
    public int Factor { get; init; } = 2;
}

/// <summary>
/// A number of frames, as qwen-vl-utils' <c>smart_nframes</c> takes <c>nframes</c>: brought to the nearest multiple of <see cref="Factor"/> (halfway between
/// two to the even multiple: 5 in pairs is 4, 7 is 8), and spread as <see cref="RateFrames"/> are.
/// A video with fewer frames is <see cref="FaultKind.Unsupported"/>.
/// </summary>
/// <param name="Count">How many before rounding; so many that at least one factor is left.</param>
public sealed record SmartFrames(int Count) : FrameSelection
{
    /// <summary>The number of frames is a multiple of this. Default 2.</summary>
    public int Factor { get; init; } = 2;

    internal override int? KnownCount => RoundedCount;

    /// <summary><see cref="Count"/> as the nearest multiple of the factor, halves to even.</summary>
    internal int RoundedCount => (int)Math.Min(Math.Round((double)Count / Factor, MidpointRounding.ToEven) * Factor, int.MaxValue);
}

/// <summary>Frames by number, as decord's <c>get_batch</c> takes them: the order is kept, repeats are copied, negative numbers count from the end.</summary>
/// <param name="Indices">The numbers. One that is out of range makes the clip <see cref="FaultKind.Corrupt"/>: it lacks a wanted frame.</param>
public sealed record IndexFrames(IReadOnlyList<int> Indices) : FrameSelection
{
    internal override int? KnownCount => Indices.Count;
}

/// <summary>The frames on show at given times: at each time the last frame that began by then. The order is kept and repeats are copied.</summary>
/// <param name="Seconds">
/// Times from the video's start. Before the first frame the first is given; after the last frame's end the clip is <see cref="FaultKind.Corrupt"/>.
/// </param>
public sealed record TimeFrames(IReadOnlyList<double> Seconds) : FrameSelection
{
    internal override int? KnownCount => Seconds.Count;
}

/// <summary>Key frames only, which decode on their own.</summary>
public sealed record KeyFrames : FrameSelection
{
    /// <summary>Most frames; where there are more, a uniform choice of them. Null (the default) takes all.</summary>
    public int? Max { get; init; }
}
