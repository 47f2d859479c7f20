using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>
/// A description of a clip instead of its decoded data: the payload is a <see cref="ClipDescription"/> as UTF-8 JSON, its shape the number of bytes.
/// Damage is part of the description and no fault. A request with this spec is guarded like any other.
/// </summary>
public sealed record InspectSpec : ClipSpec
{
    /// <summary>Null: streams of every kind are described.</summary>
    [JsonIgnore]
    public override ClipKind? Kind => null;

    /// <summary>
    /// Decodes every audio and video stream to its end, to count its frames and find damage. Default true; false describes what the headers say.
    /// </summary>
    public bool CountFrames { get; init; } = true;
}
