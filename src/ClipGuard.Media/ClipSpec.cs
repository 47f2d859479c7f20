using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>
/// What a decode is to deliver: <see cref="AudioSpec"/>, <see cref="VideoSpec"/>, <see cref="ImageSpec"/>, or a description with <see cref="InspectSpec"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "as")]
[JsonDerivedType(typeof(AudioSpec), "audio")]
[JsonDerivedType(typeof(VideoSpec), "video")]
[JsonDerivedType(typeof(ImageSpec), "image")]
[JsonDerivedType(typeof(InspectSpec), "inspect")]
public abstract record ClipSpec
{
    /// <summary>The kind of clip that this spec asks for; null for <see cref="InspectSpec"/>, which takes every kind.</summary>
    [JsonIgnore]
    public abstract ClipKind? Kind { get; }
}
