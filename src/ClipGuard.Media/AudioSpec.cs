using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>
/// Audio as training wants it: float32, nominally in [-1, 1], shape <c>[channels, samples]</c>, or <c>[windows, channels, samples]</c> with
/// <see cref="Windows"/>.
/// </summary>
/// <remarks>
/// The time range of <see cref="StartSeconds"/> and <see cref="DurationSeconds"/> is cut out first, then mixed, then resampled, as librosa.load does it;
/// the result is exactly <c>ceil(n·target/source)</c> samples long, n being the samples cut out. Encoder delay and padding are no part of the clip
/// where the container gives their length.
/// </remarks>
public sealed record AudioSpec : ClipSpec
{
    /// <summary>The sample rate that stands for the track's own.</summary>
    public const int NativeRate = 0;

    /// <inheritdoc/>
    [JsonIgnore]
    public override ClipKind? Kind => ClipKind.Audio;

    /// <summary>Samples a second and channel of the result, in Hz; <see cref="NativeRate"/> keeps the track's own. Default 16000.</summary>
    public int SampleRateHz { get; init; } = 16_000;

    /// <summary>Which channels come out. Default <see cref="AudioChannels.Mono"/>.</summary>
    public AudioChannels Channels { get; init; }

    /// <summary>Where to begin, in seconds from the clip's start: the sample <c>floor(start·rate)</c>. Default 0.</summary>
    public double StartSeconds { get; init; }

    /// <summary>How much, in seconds: <c>floor(duration·rate)</c> samples, or as many as there are; null (the default) is to the end.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>
    /// Several windows within the time range in place of all of it: <c>[windows, channels, samples]</c>. Null (the default) gives the range as it is.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AudioWindows? Windows { get; init; }

    /// <summary>Which of the clip's audio tracks, from 0; null (the default) is the one that FFmpeg takes for the main one.</summary>
    public int? Track { get; init; }

    /// <summary>What resamples. Default <see cref="AudioResampler.Swr"/>.</summary>
    public AudioResampler Resampler { get; init; }

    /// <summary>
    /// Which decoder: null (the default) is FFmpeg; otherwise the file name, without its extension, of one of the assemblies that helpers load for it
    /// (<c>SupervisorOptions.AudioDecoders</c>). What that decoder does not read is <see cref="FaultKind.Unsupported"/>.
    /// </summary>
    public string? Decoder { get; init; }
}

/// <summary>Which channels of audio come out.</summary>
public enum AudioChannels
{
    /// <summary>One: the mean of all, as librosa has it.</summary>
    Mono,

    /// <summary>All of them, in the track's order.</summary>
    All,
}

/// <summary>What changes a sample rate.</summary>
public enum AudioResampler
{
    /// <summary>FFmpeg's own, with its defaults: what the ffmpeg program and PyAV use.</summary>
    Swr,

    /// <summary>
    /// The SoX resampler at the quality that librosa calls <c>soxr_hq</c>.
    /// Where FFmpeg was built without it, the clip is <see cref="FaultKind.Unsupported"/>.
    /// </summary>
    Soxr,
}
