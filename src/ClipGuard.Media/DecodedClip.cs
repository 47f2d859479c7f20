using System.Globalization;
using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>What a decode gave: the shape and meaning of the payload. The bytes themselves lie in the decode's payload memory.</summary>
/// <param name="Element">Type of one element.</param>
/// <param name="Shape">
/// Dimensions, outermost first:
/// <c>[channels, samples]</c>, <c>[frames, height, width, channels]</c> or <c>[height, width, channels]</c>, or with the channels before height and width;
/// <c>[bytes]</c> for a description. Where windows were asked for, they are one more dimension before all others.
/// </param>
public sealed record DecodedClip(ElementType Element, IReadOnlyList<int> Shape)
{
    /// <summary>Sample rate of audio in Hz; 0 for pictures.</summary>
    public int SampleRateHz { get; init; }

    /// <summary>Presentation time of each delivered frame, in seconds from the clip's start; empty for audio and images.</summary>
    /// <remarks>No part of a message: between processes the times travel behind the payload.</remarks>
    [JsonIgnore]
    public IReadOnlyList<double> FrameTimesSeconds { get; init; } = [];

    /// <summary>Where each window of audio begins, in seconds from the clip's start; empty without windows, and for video, whose frame times tell.</summary>
    public IReadOnlyList<double> WindowStartsSeconds { get; init; } = [];

    /// <summary>Delivered frames that are interlaced: their odd and even lines were taken at different times and are not blended here.</summary>
    [JsonPropertyName("interlacedFrames")]
    public int InterlacedFrameCount { get; init; }

    /// <summary>What its header says of the track that was decoded; null where the decoder does not tell.</summary>
    public TrackFacts? Track { get; init; }

    /// <summary>Damage within the threshold.</summary>
    public DamageReport Damage { get; init; } = DamageReport.None;

    /// <summary>Its shape in short, as <c>Float32 [1, 16000] at 16000 Hz</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Element} {RecordPrinting.List(Shape)}{(SampleRateHz > 0 ? $" at {SampleRateHz} Hz" : string.Empty)}");

    /// <summary>Frames that the shape of a video comes to, those of all windows.</summary>
    /// <exception cref="OverflowException">They do not fit in 63 bits.</exception>
    internal long FrameCount() => Shape.Take(Shape.Count - 3).Aggregate(1L, static (frames, length) => checked(frames * length));

    /// <summary>Bytes that the shape and element type come to.</summary>
    /// <exception cref="OverflowException">A dimension is negative, or the product does not fit in 63 bits: the sender is not to be believed.</exception>
    public long PayloadBytes()
    {
        long elements = 1;
        foreach (int dimension in Shape)
        {
            elements = checked(elements * checked((uint)dimension));
        }

        return checked(elements * (Element == ElementType.Float32 ? sizeof(float) : sizeof(byte)));
    }
}
