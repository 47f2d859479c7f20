using ClipGuard.Media.Libav.Pictures;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>The antialiased bicubic filter against the libraries that it is measured by.</summary>
internal sealed class AntialiasedBicubicTests
{
    private const string ShrunkByPillow = "36 130 184 132 173 97 174 78 104 125 151 86 168 107 121 128 146 99 184 64 119 119 134 122 113 129 146 153 116 161 "
        + "140 134 129 127 122 128";

    private const string GrownByPillow =
        "0 79 161 15 98 186 43 126 226 69 152 251 95 184 89 120 224 11 146 231 56 179 53 81 211 10 115 229 46 139 " +
        "40 121 236 62 155 131 97 205 51 129 234 97 172 113 87 220 62 104 235 105 152 100 92 198 77 122 116 114 159 21 " +
        "90 202 108 118 128 70 169 81 50 221 130 96 138 86 168 112 87 152 157 147 66 120 207 111 137 160 96 173 85 63 " +
        "138 131 29 187 62 73 217 18 139 172 75 192 86 149 169 77 162 101 136 123 32 107 179 86 131 145 152 171 84 195 " +
        "193 0 100 212 47 142 181 116 190 69 166 196 122 192 89 175 137 68 170 39 143 55 93 152 56 134 193 108 149 235 " +
        "250 60 143 135 103 203 57 173 196 141 230 49 218 99 94 170 55 177 40 139 215 105 215 68 177 135 60 220 21 120";

    private const string ShrunkByTorch = "35 130 184 132 173 98 175 78 104 125 151 86 168 107 121 128 146 99 183 64 119 119 134 122 114 129 146 153 117 161 "
        + "140 135 129 126 121 128";

    private const string TallByTorch =
        "10 92 196 70 165 182 140 195 35 218 21 119 30 120 176 101 171 138 165 147 81 165 66 112 70 168 137 158 176 64 205 68 161 74 146 98 111 154 88 176 117 "
            + "95 152 113 134 120 155 86 151 110 52 170 58 161 " +
        "83 186 74 192 134 93 191 57 85 137 110 171 115 138 76 113 132 176 206 34 132 116 165 158 146 91 101 57 129 218 170 82 168 138 164 123 124 112 142 132 "
            + "122 128 149 111 186 152 161 103 109 126 164 177 119 74";

    // The values are those of Pillow 9.4's resize(size, BICUBIC).
    [TestCase(3, 4, ShrunkByPillow)]
    [TestCase(10, 6, GrownByPillow)]
    public void Antialiased_bicubic_is_pillows(int width, int height, string expected) =>
        Assert.That(ScaleSquares(width, height), Is.EqualTo(expected.Split(' ').Select(byte.Parse)));

    // The values are those of PyTorch 1.13's interpolate(mode="bicubic", antialias=True) on floats, rounded at the end alone, which is what torchvision's
    // resize does with tensors.
    [TestCase(3, 4, ShrunkByTorch)]
    [TestCase(4, 9, TallByTorch)]
    public void Antialiased_bicubic_is_torchvisions_but_for_a_step(int width, int height, string expected) =>
        Assert.That(ScaleSquares(width, height).Select(pixel => (int)pixel), Is.EqualTo(expected.Split(' ').Select(int.Parse)).Within(1));

    private static unsafe byte[] ScaleSquares(int width, int height)
    {
        const int Width = 7;
        const int Height = 5;
        byte[] source = new byte[Width * Height * 4];
        for (int i = 0; i < Width * Height * 3; i++)
        {
            (int x, int y, int channel) = (i / 3 % Width, i / 3 / Width, i % 3);
            source[(((y * Width) + x) * 4) + channel] = (byte)((x * 37) + (y * 59) + (channel * 83) + (x * y * 11));
        }

        byte[] narrowed = new byte[width * Height * 4];
        byte[] target = new byte[width * height * 4];
        fixed (byte* from = source, between = narrowed, to = target)
        {
            AntialiasedBicubic.Scale(from, Width, Height, between, to, width, height);
        }

        return [.. target.Where((_, i) => i % 4 < 3)];
    }
}
