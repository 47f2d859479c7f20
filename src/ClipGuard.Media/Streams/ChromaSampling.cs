namespace ClipGuard.Media.Streams;

/// <summary>How many samples of colour there are for those of brightness in planar YUV.</summary>
public enum ChromaSampling
{
    /// <summary>4:2:0, half as many across and half as many down, both rounded up.</summary>
    Yuv420,

    /// <summary>4:2:2, half as many across, rounded up.</summary>
    Yuv422,

    /// <summary>4:4:4, as many.</summary>
    Yuv444,
}
