namespace ClipGuard.Media;

/// <summary>The type of one element of a decoded tensor, little endian.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 single precision, 4 bytes.</summary>
    Float32,

    /// <summary>Unsigned byte.</summary>
    UInt8,
}
