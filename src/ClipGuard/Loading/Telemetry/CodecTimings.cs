using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>Where the time of an epoch's clips went, of one kind and codec, all workers together. The parts do not overlap.</summary>
/// <param name="Kind">What the clips were decoded to.</param>
/// <param name="Codec">Their codec, by its name, as in <c>aac</c>; empty where it is not known.</param>
public sealed record CodecTimings(ClipKind Kind, string Codec)
{
    /// <summary>How many there were.</summary>
    public long ClipCount { get; init; }

    /// <summary>They waited for a helper: more of them are asked for at a time than are decoded, so that no helper waits.</summary>
    public TimeSpan Queued { get; init; }

    /// <summary>They waited for their bytes: of a read ahead, a fetch, or the helper's own reads.</summary>
    public TimeSpan WaitedForBytes { get; init; }

    /// <summary>Open, probe and seek.</summary>
    public TimeSpan Opened { get; init; }

    /// <summary>Demultiplexing and decoding.</summary>
    public TimeSpan Decoded { get; init; }

    /// <summary>Resampling, scaling, and writing into the helper's memory.</summary>
    public TimeSpan Converted { get; init; }

    /// <summary>The request's way to the helper and the answer's way back, and what the helper did not account for.</summary>
    public TimeSpan HandedOver { get; init; }

    /// <summary>The copy into the batch.</summary>
    public TimeSpan Copied { get; init; }
}
