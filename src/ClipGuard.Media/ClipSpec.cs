using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>What a decode is to deliver: <see cref="AudioSpec"/>, <see cref="VideoSpec"/> or <see cref="ImageSpec"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "as")]
[JsonDerivedType(typeof(AudioSpec), "audio")]
[JsonDerivedType(typeof(VideoSpec), "video")]
[JsonDerivedType(typeof(ImageSpec), "image")]
public abstract record ClipSpec
{
    /// <summary>The kind of clip that this spec asks for.</summary>
    [JsonIgnore]
    public abstract ClipKind Kind { get; }
}
