using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Colour bars, encoded here by the standards' own formulas, come out as the colours they were for each matrix, range and bit depth.</summary>
[CancelAfter(60_000)]
internal sealed class ColorTests
{
    private const int Side = 16;

    private static readonly (byte R, byte G, byte B)[] Bars =
    [
        (191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191), (0, 0, 0), (255, 255, 255), (255, 0, 0),
        (16, 128, 240),
    ];

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void Bars_keep_their_colours(
        [Values("bt470bg", "smpte170m", "bt709", "bt2020nc", "smpte240m")] string matrix,
        [Values("tv", "pc")] string range,
        [Values(8, 10, 12)] int bits,
        [Values("444", "420")] string chroma) => AssertBars(matrix, range, bits, chroma);

    [TestCase("bt470bg", "tv", 8)]
    [TestCase("bt709", "pc", 8)]
    [TestCase("bt709", "tv", 10)]
    [TestCase("bt2020nc", "tv", 12)]
    public void Bars_keep_their_colours_where_chroma_is_halved_one_way(string matrix, string range, int bits) => AssertBars(matrix, range, bits, "422");

    private void AssertBars(string matrix, string range, int bits, string chroma)
    {
        string format = $"yuv{chroma}p{(bits == 8 ? string.Empty : $"{bits}le")}";
        string raw = _media.Write($"{matrix}-{range}-{format}.yuv", Encode(matrix, range == "pc", bits, chroma == "444" ? 1 : 2, chroma == "420" ? 2 : 1));
        string path = _media.Make(
            $"{matrix}-{range}-{format}.mkv",
            $"-f rawvideo -pix_fmt {format} -s {Side * Bars.Length}x{Side} -i \"{raw}\" -c:v ffv1 {Named(matrix, range)}");

        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new IndexFrames([0]), Size = new OwnSize() });

        int worst = 0;
        for (int i = 0; i < Bars.Length; i++)
        {
            int middle = ((Side / 2 * Side * Bars.Length) + (i * Side) + (Side / 2)) * 3;
            worst = Math.Max(worst, WorstDifference.Of(decode.Bytes.Slice(middle, 3), [Bars[i].R, Bars[i].G, Bars[i].B]));
        }

        TestContext.Out.WriteLine($"at most {worst} of 255 apart");
        Assert.That(worst, Is.LessThanOrEqualTo(2));
    }

    [TestCase("ycgco")]
    [TestCase("bt2020c")]
    [TestCase("ictcp")]
    public void A_matrix_that_cannot_be_undone_is_not_taken_for_another(string matrix)
    {
        string path = _media.Make($"{matrix}.mkv", $"-f lavfi -i testsrc2=s=64x64:d=0.2 -c:v libx264 -pix_fmt yuv420p {Named(matrix, "tv")}");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Unsupported));
        Assert.That(decode.Fault?.Message, Does.Contain($"colour matrix {matrix}"));
    }

    // The frames are named before the encoder is: otherwise the program of FFmpeg 7 and later converts them from what they might be.
    private static string Named(string matrix, string range) =>
        $"-vf setparams=colorspace={matrix}:range={range} -colorspace {matrix} -color_range {range}";

    // Kr and Kb of each standard; full range is 0..1 and limited range 16..235 and 16..240 of 256, scaled to the bit depth.
    private static byte[] Encode(string matrix, bool full, int bits, int across, int down)
    {
        (double kr, double kb) = matrix switch
        {
            "bt709" => (0.2126, 0.0722),
            "bt2020nc" => (0.2627, 0.0593),
            "smpte240m" => (0.212, 0.087),
            _ => (0.299, 0.114),
        };
        var luma = new List<double>();
        var blue = new List<double>();
        var red = new List<double>();
        foreach ((byte r, byte g, byte b) in Bars)
        {
            double y = ((kr * r) + ((1 - kr - kb) * g) + (kb * b)) / 255;
            luma.Add(y);
            blue.Add(((b / 255.0) - y) / (2 * (1 - kb)));
            red.Add(((r / 255.0) - y) / (2 * (1 - kr)));
        }

        double top = (1 << bits) - 1;
        double unit = 1 << (bits - 8);
        var bytes = new List<byte>();
        Plane(luma, 1, 1, value => full ? value * top : ((value * 219) + 16) * unit);
        Plane(blue, across, down, value => full ? (value * top) + (128 * unit) : ((value * 224) + 128) * unit);
        Plane(red, across, down, value => full ? (value * top) + (128 * unit) : ((value * 224) + 128) * unit);
        return [.. bytes];

        void Plane(List<double> values, int stepAcross, int stepDown, Func<double, double> code)
        {
            for (int row = 0; row < Side / stepDown; row++)
            {
                foreach (double value in values)
                {
                    int sample = (int)Math.Clamp(Math.Round(code(value)), 0, top);
                    for (int i = 0; i < Side / stepAcross; i++)
                    {
                        bytes.Add((byte)sample);
                        if (bits > 8)
                        {
                            bytes.Add((byte)(sample >> 8));
                        }
                    }
                }
            }
        }
    }
}
