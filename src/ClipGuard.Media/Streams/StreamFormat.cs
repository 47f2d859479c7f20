using System.Text.Json.Serialization;

namespace ClipGuard.Media.Streams;

/// <summary>What is written into a stream, with nothing left open.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(VideoFormat), "video")]
[JsonDerivedType(typeof(AudioFormat), "audio")]
public abstract record StreamFormat;

/// <summary>A video stream.</summary>
/// <param name="Shape">What each frame is.</param>
/// <param name="Form">How frames follow one another.</param>
/// <param name="Scaler">The filter for frames of another size.</param>
public sealed record VideoFormat(VideoShape Shape, VideoStreamFraming Form, ScalingFilter Scaler) : StreamFormat;

/// <summary>An audio stream.</summary>
/// <param name="Shape">Rate and channels.</param>
/// <param name="Sample">The type of a sample.</param>
public sealed record AudioFormat(AudioShape Shape, AudioSampleType Sample) : StreamFormat;
