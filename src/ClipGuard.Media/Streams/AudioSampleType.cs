namespace ClipGuard.Media.Streams;

/// <summary>The type of one sample in a raw audio stream.</summary>
public enum AudioSampleType
{
    /// <summary>s16le: signed 16-bit integers, little endian.</summary>
    Signed16,

    /// <summary>f32le: IEEE 754 single precision in [-1, 1], little endian.</summary>
    Float32,
}
