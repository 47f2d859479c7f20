namespace ClipGuard.Media;

/// <summary>What one decode may ask for. Beyond a limit the verdict is <see cref="FaultKind.LimitExceeded"/>, said before the work where the container tells.</summary>
public sealed record DecodeLimits
{
    /// <summary>Pixels of one frame as coded. Default 100 megapixels.</summary>
    public long MaxFramePixels { get; init; } = 100_000_000;

    /// <summary>Bytes of decoded data. Default 1 GiB.</summary>
    public long MaxPayloadBytes { get; init; } = 1L << 30;

    /// <summary>Duration of what is decoded; null (the default) sets no limit.</summary>
    public TimeSpan? MaxDuration { get; init; }
}
