using System.Text;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>
/// Pictures that their content does not tell are known by their names, also where the content looks a little like something else. A wrong size is corrupt,
/// and over no limit.
/// </summary>
[CancelAfter(60_000)]
internal sealed class PictureFormatByNameTests
{
    private const int Side = 32;

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    // Pixels that are the first words of MP3, ADTS and AC-3 frames.
    [TestCase(0xFF, 0xFB)]
    [TestCase(0xFF, 0xF1)]
    [TestCase(0x0B, 0x77)]
    [TestCase(0x10, 0x20)]
    public void Targa(int first, int second)
    {
        byte[] pixels = [.. Enumerable.Range(0, Side * Side * 3).Select(i => (byte)(i % 2 == 0 ? first : second))];
        byte[] header = [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, Side, 0, Side, 0, 24, 0x20];
        using DirectDecode decode = DirectDecode.Of(_media.Write($"{first}-{second}.tga", [.. header, .. pixels]), new ImageSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { Side, Side, 3 }));
        Assert.That(decode.Bytes[..3].ToArray(), Is.EqualTo(new[] { first, second, first }), "stored as blue, green, red");
    }

    [TestCase("P6 32 32 255\n", "ppm", 3)]
    [TestCase("P6 32 32 255 ", "ppm", 3)]
    [TestCase("P6\t32\t32\t255\n", "ppm", 3)]
    [TestCase("P5 32 32 255\n", "pgm", 1)]
    [TestCase("P5 32 32 255\n", "pnm", 1)]
    public void Portable_maps_with_blanks_in_their_headers(string header, string extension, int samples)
    {
        byte[] pixels = [.. Enumerable.Range(0, Side * Side * samples).Select(i => (byte)(i / samples % 251))];
        string path = _media.Write($"map{header.Length}.{extension}", [.. Encoding.ASCII.GetBytes(header), .. pixels]);
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { Side, Side, 3 }));
        Assert.That(Enumerable.Range(0, Side * Side).Select(i => decode.Bytes[i * 3]), Is.EqualTo(Enumerable.Range(0, Side * Side).Select(i => i % 251)));
    }

    [Test]
    public void Content_that_is_decided_counts_more_than_the_name()
    {
        byte[] jpeg = File.ReadAllBytes(_media.Make("picture.jpg", "-f lavfi -i testsrc2=s=32x32 -frames:v 1"));
        using DirectDecode decode = DirectDecode.Of(_media.Write("jpeg.tga", jpeg), new ImageSpec());
        using DirectDecode expected = DirectDecode.Of(_media.PathOf("picture.jpg"), new ImageSpec());
        Assert.That(decode.Bytes.SequenceEqual(expected.Bytes));
        string film = _media.Make("film.mp4", "-f lavfi -i testsrc2=s=32x32:d=1 -c:v libx264 -pix_fmt yuv420p");
        using DirectDecode frames = DirectDecode.Of(_media.Write("film.png", File.ReadAllBytes(film)), new VideoSpec());
        Assert.That(frames.Clip.Damage, Is.EqualTo(DamageReport.None));
    }

    [Test]
    public void A_picture_of_no_size_is_corrupt([Values("width", "height")] string side)
    {
        byte[] bitmap = File.ReadAllBytes(_media.Make("picture.bmp", "-f lavfi -i testsrc2=s=32x32 -frames:v 1"));
        bitmap.AsSpan(side == "width" ? 18 : 22, 4).Clear();
        using DirectDecode decode = DirectDecode.Of(_media.Write($"no-{side}.bmp", bitmap), new ImageSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), decode.Fault?.Message);
    }
}
