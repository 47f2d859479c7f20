namespace ClipGuard.Media.Streams;

/// <summary>What every frame of a raw video stream is: planes Y, U and V one after the other, without gaps.</summary>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="Chroma">How many samples of colour there are.</param>
/// <param name="BitDepth">Bits of a sample: 8, 10, 12 or 16. Above 8 a sample takes two bytes, little endian.</param>
public sealed record VideoShape(int Width, int Height, ChromaSampling Chroma, int BitDepth)
{
    /// <summary>True where samples use their full range (as JPEG does), false for the range of television.</summary>
    public bool FullRange { get; init; }

    /// <summary>Frames a second.</summary>
    public FrameRate Rate { get; init; } = new(0, 1);

    /// <summary>The depths that can be written.</summary>
    public static IReadOnlyList<int> BitDepths { get; } = [8, 10, 12, 16];

    /// <summary>FFmpeg's name of the pixel format, as in <c>yuv420p</c> and <c>yuv422p10le</c>.</summary>
    public string PixelFormat => $"yuv{Subsampling}p{(BitDepth == 8 ? string.Empty : $"{BitDepth}le")}";

    /// <summary>The sampling as three digits: 420, 422 or 444.</summary>
    public string Subsampling => Chroma switch { ChromaSampling.Yuv420 => "420", ChromaSampling.Yuv422 => "422", _ => "444" };

    /// <summary>Bytes of one sample.</summary>
    public int SampleBytes => BitDepth > 8 ? 2 : 1;

    /// <summary>Samples of colour across.</summary>
    public int ChromaWidth => Chroma == ChromaSampling.Yuv444 ? Width : (Width + 1) / 2;

    /// <summary>Samples of colour down.</summary>
    public int ChromaHeight => Chroma == ChromaSampling.Yuv420 ? (Height + 1) / 2 : Height;

    /// <summary>Bytes of one frame.</summary>
    public long FrameBytes() => checked((((long)Width * Height) + (2L * ChromaWidth * ChromaHeight)) * SampleBytes);

    /// <summary>As in <c>1920×1080 yuv420p</c>.</summary>
    public override string ToString() => $"{Width}×{Height} {PixelFormat}";
}
