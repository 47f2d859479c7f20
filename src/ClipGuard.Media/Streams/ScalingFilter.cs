namespace ClipGuard.Media.Streams;

/// <summary>The filter that pictures are scaled with, each as libswscale has it under that name.</summary>
public enum ScalingFilter
{
    /// <summary>Cubic; what ffmpeg's own scaling does unless told otherwise.</summary>
    Bicubic,

    /// <summary>Linear.</summary>
    Bilinear,

    /// <summary>Windowed sinc.</summary>
    Lanczos,

    /// <summary>Cubic spline.</summary>
    Spline,

    /// <summary>Averages over areas; for making pictures smaller.</summary>
    Area,

    /// <summary>The nearest sample.</summary>
    Point,
}
