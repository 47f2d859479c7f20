using ClipGuard.Media;
using ClipGuard.Media.Streams;

namespace ClipGuard.Streams;

/// <summary>What is to be written of a clip. What is left null is taken from <see cref="FitTo"/>'s stream, or else from the clip itself.</summary>
public abstract record StreamSpec
{
    /// <summary>
    /// Name of another stream of the session that this one is to fit: it takes that one's shape, and has to have its frame rate and length.
    /// Null (the default) for none.
    /// </summary>
    public string? FitTo { get; init; }

    internal abstract ClipKind Kind { get; }
}

/// <summary>Raw planar YUV. Every coded frame is written once, upright, whatever its timestamp says.</summary>
public sealed record VideoStreamSpec : StreamSpec
{
    /// <summary>How frames follow one another. Default <see cref="VideoStreamFraming.Y4m"/>.</summary>
    public VideoStreamFraming Form { get; init; } = VideoStreamFraming.Y4m;

    /// <summary>Samples of colour.</summary>
    public ChromaSampling? Chroma { get; init; }

    /// <summary>Bits of a sample: 8, 10, 12 or 16.</summary>
    public int? BitDepth { get; init; }

    /// <summary>Pixels across. Set both or neither.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels down.</summary>
    public int? Height { get; init; }

    /// <summary>The filter for frames of another size. Null makes another size a fault. Default <see cref="ScalingFilter.Bicubic"/>.</summary>
    public ScalingFilter? Scaler { get; init; } = ScalingFilter.Bicubic;

    internal override ClipKind Kind => ClipKind.Video;
}

/// <summary>Raw audio, the samples of all channels alternating.</summary>
public sealed record AudioStreamSpec : StreamSpec
{
    /// <summary>The type of a sample. Default <see cref="AudioSampleType.Signed16"/>.</summary>
    public AudioSampleType Sample { get; init; } = AudioSampleType.Signed16;

    /// <summary>Samples a second and channel.</summary>
    public int? SampleRateHz { get; init; }

    /// <summary>Channels.</summary>
    public int? Channels { get; init; }

    internal override ClipKind Kind => ClipKind.Audio;
}
