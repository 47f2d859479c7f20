using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>Audio as training wants it: float32 in [-1, 1], shape <c>[channels, samples]</c>.</summary>
public sealed record AudioSpec : ClipSpec
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ClipKind Kind => ClipKind.Audio;

    /// <summary>Samples a second and channel of the result, in Hz. Default 16000.</summary>
    public int SampleRateHz { get; init; } = 16_000;
}
