using ClipGuard.Media.Streams;
using ClipGuard.Media;

namespace ClipGuard.Streams.Comparing;

/// <summary>How pairs of clips are compared.</summary>
public sealed record ComparisonOptions
{
    /// <summary>What is measured, where <see cref="Tool"/> is null. Default <see cref="Comparing.Metric.Psnr"/>.</summary>
    public Metric Metric { get; init; } = Metric.Psnr;

    /// <summary>
    /// A program to measure with, whose arguments name the streams <c>{reference}</c> and <c>{distorted}</c>. Its scores are the numbers of the JSON
    /// object that it writes to its standard output or to <c>{output}</c>, or the one number that it writes, called <c>score</c>.
    /// Null for <see cref="Metric"/>'s.
    /// </summary>
    public ToolCommand? Tool { get; init; }

    /// <summary>
    /// How frames are given to <see cref="Tool"/>; the metrics' own programs get <see cref="VideoStreamFraming.Y4m"/>.
    /// Default <see cref="VideoStreamFraming.Y4m"/>.
    /// </summary>
    public VideoStreamFraming Form { get; init; } = VideoStreamFraming.Y4m;

    /// <summary>
    /// The filter that brings the distorted clip to the reference's size. Null makes another size a fault. Default <see cref="ScalingFilter.Bicubic"/>.
    /// </summary>
    public ScalingFilter? Scaler { get; init; } = ScalingFilter.Bicubic;

    /// <summary>Sampling that both are brought to; null (the default) for the reference's.</summary>
    public ChromaSampling? Chroma { get; init; }

    /// <summary>Bit depth that both are brought to; null (the default) for the reference's.</summary>
    public int? BitDepth { get; init; }

    /// <summary>True compares clips of different frame rates frame by frame. Default false: that is a fault.</summary>
    public bool AnyFrameRate { get; init; }

    /// <summary>True compares clips of different lengths up to the shorter one's end. Default false: that is a fault.</summary>
    public bool AnyLength { get; init; }

    /// <summary>
    /// The model of <see cref="Metric.Vmaf"/>: a version that it knows, as <c>vmaf_v0.6.1neg</c>, or the path of a model's file. Null (the default) for its own
    /// default.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>What <see cref="Metric.Vmaf"/> measures besides, as <c>psnr_hvs</c> or <c>cambi</c>. Default none.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Threads of the program that measures vmaf; those of psnr and ssim have one. Default 1.</summary>
    public int MetricThreads { get; init; } = 1;

    /// <summary>
    /// Whether the scores of each frame are read too (<see cref="ComparisonResult.Frames"/>), and the first of a pair's scores has percentiles and the harmonic
    /// mean over its frames beside it. Not with <see cref="Tool"/>. Default false.
    /// </summary>
    public bool PerFrame { get; init; }

    /// <summary>Threads that each decoder may use. Default 1.</summary>
    public int DecoderThreads { get; init; } = 1;

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);
}
