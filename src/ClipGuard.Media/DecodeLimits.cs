namespace ClipGuard.Media;

/// <summary>
/// What one decode may take. Beyond a size limit the clip is <see cref="FaultKind.LimitExceeded"/>; where the header gives the size, before any work.
/// </summary>
public sealed record DecodeLimits
{
    /// <summary>Pixels of one frame as coded. Default 100 megapixels.</summary>
    public long MaxFramePixels { get; init; } = 100_000_000;

    /// <summary>Bytes of decoded data. Default 1 GiB.</summary>
    public long MaxPayloadBytes { get; init; } = 1L << 30;

    /// <summary>Duration of the clip, whatever of it is wanted; null (the default) sets no limit. A list of frame images has none.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Frames that one clip may deliver. Positive; default one million.</summary>
    public int MaxFrames { get; init; } = 1_000_000;

    /// <summary>Wanted frames that may be damaged, missing or made up before the clip is <see cref="FaultKind.Corrupt"/>. Default 0.</summary>
    public int MaxDamagedFrames { get; init; }

    /// <summary>Share of the audio that may be damaged or missing before the clip is <see cref="FaultKind.Corrupt"/>, 0 to 1. Default 0.01.</summary>
    public double MaxDamagedAudioShare { get; init; } = 0.01;

    /// <summary>
    /// Containers that are read, by FFmpeg's demuxer names (<c>mov</c>, <c>matroska</c>, <c>wav</c>); null (the default) reads all that lead nowhere else.
    /// Others are <see cref="FaultKind.Unsupported"/>.
    /// </summary>
    public IReadOnlyList<string>? AllowedFormats { get; init; }

    /// <summary>
    /// Codecs that are decoded, by FFmpeg's names (<c>h264</c>, <c>aac</c>); null (the default) decodes all.
    /// Others are <see cref="FaultKind.Unsupported"/>.
    /// </summary>
    public IReadOnlyList<string>? AllowedCodecs { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);
}
