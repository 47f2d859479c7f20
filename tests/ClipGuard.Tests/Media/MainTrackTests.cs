using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>
/// Of several tracks the one is decoded that the ffmpeg program takes: the largest picture, then the first; a track that goes with another is never it.
/// </summary>
[CancelAfter(60_000)]
internal sealed class MainTrackTests
{
    private const string Red = "-f lavfi -i color=red:s=64x64:r=10:d=1";

    // Noise has the higher bit rate, by which libavformat would choose it.
    private const string Noise = "-f lavfi -i nullsrc=s=64x64:r=10:d=1,geq=random(1)*255:128:128";
    private const string Large = "-f lavfi -i color=blue:s=96x64:r=10:d=1";
    private const string X264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase("equal.mp4", $"{Red} {Noise} -map 0 -map 1 {X264}")]
    [TestCase("equal.mkv", $"{Red} {Noise} -map 0 -map 1 {X264}")]
    [TestCase("equal.avi", $"{Red} {Noise} -map 0 -map 1 -c:v mpeg4")]
    [TestCase("larger.mp4", $"{Noise} {Large} -map 0 -map 1 {X264}")]
    [TestCase("larger.ts", $"{Noise} {Large} -map 0 -map 1 {X264}")]
    [TestCase("default.mkv", $"{Large} {Red} -map 0 -map 1 {X264} -disposition:v:0 0 -disposition:v:1 default")]
    public void As_the_program_chooses(string name, string arguments)
    {
        string path = _media.Make(name, arguments);
        byte[] expected = FfmpegProgram.Run($"-i \"{path}\" -frames:v 1 -sws_flags bicubic+accurate_rnd+full_chroma_int -pix_fmt rgb24 -f rawvideo -");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Size = new OwnSize(), Selection = new IndexFrames([0]) });
        Assert.That(WorstDifference.Of(decode.Bytes, expected), Is.LessThanOrEqualTo(1));
        AssertMainIsTold(path, decode.Clip.Shape[2]);
    }

    [TestCase(16, 48, 32)]
    [TestCase(48, 16)]
    [TestCase(16, 32, 48)]
    public void Of_an_icon_the_largest_picture(params int[] sides)
    {
        // A header, sixteen bytes for each picture, and the pictures as PNG files.
        byte[][] pictures = [.. sides.Select(Png)];
        List<byte> icon = [0, 0, 1, 0, (byte)sides.Length, 0];
        int at = 6 + (16 * sides.Length);
        for (int i = 0; i < sides.Length; i++)
        {
            icon.AddRange([(byte)sides[i], (byte)sides[i], 0, 0, 1, 0, 32, 0, .. BitConverter.GetBytes(pictures[i].Length), .. BitConverter.GetBytes(at)]);
            at += pictures[i].Length;
        }

        string path = _media.Write($"icon{string.Join('-', sides)}.ico", [.. icon, .. pictures.SelectMany(picture => picture)]);
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec());
        using DirectDecode expected = DirectDecode.Of(_media.PathOf("48.png"), new ImageSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 48, 48, 3 }));
        Assert.That(decode.Bytes.SequenceEqual(expected.Bytes));
    }

    [Test]
    public void A_track_that_goes_with_another_is_not_the_main_one_however_large()
    {
        byte[] film = File.ReadAllBytes(_media.Make("aux-source.mp4", $"{Red} {Large} -map 0 -map 1 {X264} -disposition:v:0 0 -disposition:v:1 default"));
        "auxv"u8.CopyTo(film.AsSpan(film.AsSpan().LastIndexOf("hdlr\0\0\0\0\0\0\0\0vide"u8) + 12));
        string path = _media.Write("aux.mp4", film);
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Size = new OwnSize(), Selection = new IndexFrames([0]) });
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, 64, 64, 3 }));
        Assert.That(decode.Bytes[0], Is.GreaterThan(240), "red");
        using DirectDecode look = DirectDecode.Of(path, new InspectSpec());
        IReadOnlyList<StreamDescription> streams = ClipDescription.Read(look.Bytes).Streams;
        Assert.That(streams.Select(stream => (stream.IsMain, stream.IsAuxiliary)), Is.EqualTo(new (bool?, bool?)[] { (true, null), (null, true) }));
    }

    private byte[] Png(int side) => File.ReadAllBytes(_media.Make($"{side}.png", $"-f lavfi -i testsrc2=s={side}x{side} -frames:v 1 -pix_fmt rgba"));

    private static void AssertMainIsTold(string path, int width)
    {
        using DirectDecode look = DirectDecode.Of(path, new InspectSpec { CountFrames = false });
        Assert.That(ClipDescription.Read(look.Bytes).Streams.Single(stream => stream.IsMain == true).Width, Is.EqualTo(width));
    }
}
