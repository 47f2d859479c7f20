namespace ClipGuard.Verdicts;

/// <summary>What a decoder said of a clip that decoded. What it did not say is null.</summary>
internal sealed record ClipFacts
{
    /// <summary>Length of the decoded track or part, in seconds.</summary>
    public double? Seconds { get; init; }

    /// <summary>The codec's name.</summary>
    public string? Codec { get; init; }

    /// <summary>Samples a second of audio as delivered.</summary>
    public int? SampleRateHz { get; init; }

    public int? Channels { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    /// <summary>Frames of a video.</summary>
    public long? Frames { get; init; }

    /// <summary>What came with a decoded clip; null where that is nothing.</summary>
    public static ClipFacts? Of(Media.DecodedClip clip) => null;
}
