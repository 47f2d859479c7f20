using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Videos whose container turns or mirrors them come out as the upright one with its pixels moved, and as the ffmpeg program shows them.</summary>
[CancelAfter(60_000)]
internal sealed class DisplayMatrixTests
{
    private const int Width = 64;
    private const int Height = 48;

    // x is mapped to a·x + c·y, y to b·x + d·y, both axes running right and down.
    private static readonly (string Name, int A, int B, int C, int D)[] Matrices =
    [
        ("upright", 1, 0, 0, 1),
        ("turned by 90", 0, 1, -1, 0),
        ("turned by 180", -1, 0, 0, -1),
        ("turned by 270", 0, -1, 1, 0),
        ("left and right exchanged", -1, 0, 0, 1),
        ("top and bottom exchanged", 1, 0, 0, -1),
        ("rows and columns exchanged", 0, 1, 1, 0),
        ("rows and columns exchanged, turned by 180", 0, -1, -1, 0),
    ];

    private readonly MediaFolder _media = new();

    public static IEnumerable<string> Names => Matrices.Select(matrix => matrix.Name);

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Names))]
    public void A_video_is_turned_and_mirrored_as_its_matrix_says(string name)
    {
        (_, int a, int b, int c, int d) = Matrices.Single(matrix => matrix.Name == name);
        string upright = _media.Make("upright.mp4", $"-f lavfi -i testsrc2=s={Width}x{Height}:r=10:d=0.2 -c:v libx264 -qp 0 -pix_fmt yuv444p");
        string turned = _media.Write($"{a}{b}{c}{d}.mp4", RotatedVideo.WithMatrix(File.ReadAllBytes(upright), a, b, c, d));
        var spec = new VideoSpec { Selection = new IndexFrames([0]), Size = new OwnSize() };

        using DirectDecode before = DirectDecode.Of(upright, spec);
        using DirectDecode after = DirectDecode.Of(turned, spec);

        byte[] expected = Move(before.Bytes, a, b, c, d, out int width, out int height);
        Assert.That(after.Clip.Shape, Is.EqualTo(new[] { 1, height, width, 3 }));
        Assert.That(after.Bytes.SequenceEqual(expected));
        byte[] shown = FfmpegProgram.Run($"-i \"{turned}\" -frames:v 1 -vf scale=flags=bicubic+accurate_rnd+full_chroma_int -pix_fmt rgb24 -f rawvideo -");
        Assert.That(WorstDifference.Of(after.Bytes, shown), Is.LessThanOrEqualTo(1));
    }

    private static byte[] Move(ReadOnlySpan<byte> rgb, int a, int b, int c, int d, out int width, out int height)
    {
        (width, height) = a == 0 ? (Height, Width) : (Width, Height);
        byte[] moved = new byte[rgb.Length];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int right = (a * x) + (c * y) + (a + c < 0 ? width - 1 : 0);
                int down = (b * x) + (d * y) + (b + d < 0 ? height - 1 : 0);
                rgb.Slice(((y * Width) + x) * 3, 3).CopyTo(moved.AsSpan(((down * width) + right) * 3));
            }
        }

        return moved;
    }
}
