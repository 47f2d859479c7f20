using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Damage is told for every codec whose data can show it, also where the decoder gives the picture as if it were whole.</summary>
[CancelAfter(120_000)]
internal sealed class DamageDetectionTests
{
    private const string Video = "-f lavfi -i testsrc2=s=176x144:r=25:d=1,noise=alls=20:allf=t:all_seed=1";
    private const string Image = "-f lavfi -i testsrc2=s=176x144,noise=alls=20:all_seed=1 -frames:v 1";
    private const string X264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 10";
    private const string X265 = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -g 10 -x265-params log-level=error";

    // Bytes that are overwritten, and places where that is tried. A codec without checksums may take any bytes for a picture, so not all of them need be told;
    // where the least is 0, none can be.
    private const int Overwritten = 24;
    private const int Places = 5;

    private static readonly (string Name, string Arguments, bool CutIsTold, int LeastOverwritesTold)[] Clips =
    [
        ("h264.mkv", $"{Video} {X264}", true, 2),
        ("hevc.mkv", $"{Video} {X265}:hash=1", true, Places),
        ("mpeg1.mpg", $"{Video} -c:v mpeg1video -g 10", true, Places),
        ("mpeg2.mkv", $"{Video} -c:v mpeg2video -g 10", true, Places),
        ("mpeg2.ts", $"{Video} -c:v mpeg2video -g 10", false, Places),
        ("asp.avi", $"{Video} -c:v mpeg4 -g 10", true, Places),
        ("asp.mkv", $"{Video} -c:v mpeg4 -bf 2 -g 10", true, Places),
        ("h263.flv", $"{Video} -c:v flv -g 10", true, Places),
        ("vp8.webm", $"{Video} -c:v libvpx -deadline good -cpu-used 5 -g 10", true, 0),
        ("vp9.webm", $"{Video} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 10", true, 0),
        ("ffv1.mkv", $"{Video} -c:v ffv1 -level 3 -slicecrc 1", true, Places),
        ("theora.ogv", $"{Video} -c:v libtheora -g 10", false, 3),
        ("motion.avi", $"{Video} -c:v mjpeg", true, 4),
        ("prores.mov", $"{Video} -c:v prores_ks", true, 4),
        ("moving.gif", Video, true, 3),
        ("still.gif", Image, true, 4),
        ("still.jpg", Image, true, 4),
        ("still.png", $"{Image} -pix_fmt rgb24", true, Places),
        ("packed.tiff", $"{Image} -pix_fmt rgb24", true, 0),
        ("lzw.tiff", $"{Image} -pix_fmt rgb24 -compression_algo lzw", true, 2),
        ("deflated.tiff", $"{Image} -pix_fmt rgb24 -compression_algo deflate", true, 1),
        ("still.webp", Image, true, 0),
        ("lossless.webp", $"{Image} -lossless 1", true, 0),
        ("still.bmp", Image, true, 0),
        ("still.jp2", Image, true, 0),
    ];

    private readonly MediaFolder _media = new();

    public static IEnumerable<string> Names => Clips.Select(clip => clip.Name);

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Names))]
    public void Damage_of_every_codec_is_told(string name)
    {
        (_, string arguments, bool cutIsTold, int least) = Clips.Single(clip => clip.Name == name);
        byte[] whole = File.ReadAllBytes(_media.Make(name, arguments));
        Assert.That(IsTold(_media.PathOf(name)), Is.False, "the whole clip is healthy");

        foreach (double share in new[] { 0.3, 0.6, 0.9 })
        {
            bool told = IsTold(_media.Write($"cut-{name}", whole.AsSpan(0, (int)(whole.Length * share))));
            Assert.That(told || !cutIsTold, $"cut off at {share}");
        }

        int overwritesTold = 0;
        for (int place = 1; place <= Places; place++)
        {
            overwritesTold += IsTold(Hit($"hit-{name}", whole, place)) ? 1 : 0;
        }

        // Of Huffman codes that do not exist the JPEG decoder of FFmpeg 8 takes some for others.
        least -= name == "motion.avi" && InstalledFFmpeg.Major >= 8 ? 1 : 0;
        Assert.That(overwritesTold, least == 0 ? Is.Zero : Is.GreaterThanOrEqualTo(least), $"overwritten at {Places} places");
    }

    [Test]
    public void A_frame_of_hevc_that_others_are_built_on_and_that_is_lost_is_told()
    {
        string whole = _media.Make("hevc.mkv", Clips.Single(clip => clip.Name == "hevc.mkv").Arguments);
        string path = _media.Make("lost.mkv", $"-i \"{whole}\" -c copy -bsf:v noise=drop=eq(mod(n\\,10)\\,1)");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), $"{decode.Result?.Damage} {decode.Log}");
    }

    [Test]
    public void Bytes_that_a_container_had_to_skip_are_told()
    {
        byte[] film = File.ReadAllBytes(_media.Make("clusters.mkv", $"{Video} {X264} -cluster_time_limit 300"));
        int[] clusters = [.. Enumerable.Range(0, film.Length - 4).Where(i => film.AsSpan(i).StartsWith((ReadOnlySpan<byte>)[0x1F, 0x43, 0xB6, 0x75]))];
        film.AsSpan(clusters[1], 16).Clear();
        string path = _media.Write("skipped.mkv", film);
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), $"{decode.Result?.Damage} {decode.Log}");
        Assert.That(Look(path), Is.Not.EqualTo(DamageReport.None));
    }

    [Test]
    public void A_look_and_a_decode_agree_on_a_cut_off_clip([Values("mkv", "webm", "avi", "flv", "mp4")] string kind, [Values(0.4, 0.9)] double share)
    {
        string codec = kind == "webm" ? "-c:v libvpx -deadline good -cpu-used 5 -g 10" : X264;
        byte[] whole = File.ReadAllBytes(
            _media.Make(
                $"film.{kind}",
                $"-f lavfi -i testsrc2=s=64x64:r=25:d=4,noise=alls=20:allf=t {codec} {(kind == "mp4" ? "-movflags +faststart" : string.Empty)}"));
        string path = _media.Write($"cut.{kind}", whole.AsSpan(0, (int)(whole.Length * share)));
        using DirectDecode decode = Tolerant(path, new VideoSpec { Selection = new IndexFrames([0]) });
        DamageReport look = Look(path);
        Assert.That(decode.Clip.Damage.MissingFrameCount, Is.EqualTo(look.MissingFrameCount), $"{decode.Clip.Damage} {look}");
        Assert.That(look, Is.Not.EqualTo(DamageReport.None));
        Assert.That(decode.Clip.Damage.CorruptFrameCount, Is.EqualTo(look.CorruptFrameCount), $"{decode.Clip.Damage} {look}");
    }

    [Test]
    public void A_tolerated_picture_says_that_it_is_damaged()
    {
        byte[] whole = File.ReadAllBytes(_media.Make("still.gif", Image));
        using DirectDecode decode = Tolerant(Hit("tolerated.gif", whole, 1), new ImageSpec());
        Assert.That(decode.Clip.Damage, Is.EqualTo(new DamageReport { CorruptFrameCount = 1, DamagedWantedFrameCount = 1 }));
    }

    [TestCase(1, true)]
    [TestCase(2, false)]
    public void Damaged_pictures_of_a_list_are_counted_together(int tolerated, bool isCorrupt)
    {
        string whole = _media.Make("still.gif", Image);
        byte[] bytes = File.ReadAllBytes(whole);
        var list = new FileListSource([whole, Hit("one.gif", bytes, 1), whole, Hit("two.gif", bytes, 2)]);
        using DirectDecode decode = new(new DecodeRequest(list, new VideoSpec { Selection = new UniformFrames(4), Size = new ExactSize(8, 8) })
        {
            Limits = new DecodeLimits { MaxDamagedFrames = tolerated },
        });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(isCorrupt ? FaultKind.Corrupt : null));
        Assert.That(
            decode.Result?.Damage,
            Is.EqualTo(isCorrupt ? null : new DamageReport { CorruptFrameCount = 2, DamagedWantedFrameCount = 2, FirstAt = TimeSpan.FromSeconds(1) }));
    }

    private string Hit(string name, byte[] whole, int place)
    {
        byte[] hit = [.. whole];
        new Random(place).NextBytes(hit.AsSpan(whole.Length * (place + 2) / (Places + 4), Overwritten));
        return _media.Write(name, hit);
    }

    private static bool IsTold(string path)
    {
        bool isImage = Clips.Single(clip => path.EndsWith(clip.Name, StringComparison.Ordinal)).Arguments.StartsWith(Image, StringComparison.Ordinal);
        using DirectDecode decode = Tolerant(
            path, isImage ? new ImageSpec() : new VideoSpec { Selection = new UniformFrames(25), Size = new ExactSize(32, 32) });
        DamageReport? damage = decode.Result?.Damage;
        return damage is null || (damage with { RepeatedFrameCount = 0 }) != DamageReport.None;
    }

    private static DirectDecode Tolerant(string path, ClipSpec spec) =>
        new(new DecodeRequest(new FileSource(path), spec) { Limits = new DecodeLimits { MaxDamagedFrames = 100, MaxPayloadBytes = 1 << 24 } });

    private static DamageReport Look(string path)
    {
        using DirectDecode decode = DirectDecode.Of(path, new InspectSpec());
        return ClipDescription.Read(decode.Bytes).Streams[0].Damage!;
    }
}
