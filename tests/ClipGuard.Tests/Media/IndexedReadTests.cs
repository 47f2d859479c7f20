using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>
/// Where a container's index lists every packet, only the packets that wanted frames need are read, and what comes is what reading everything gives.
/// </summary>
[CancelAfter(60_000)]
internal sealed class IndexedReadTests
{
    private const string Noise = "-f lavfi -i testsrc2=s=160x120:r=25:d=2,noise=alls=60:allf=t:all_seed=1";
    private const string X264 = "-c:v libx264 -preset veryfast -qp 4 -pix_fmt yuv420p -g 10";

    private static readonly (string Name, string Arguments)[] Clips =
    [
        ("reordered.mp4", $"{Noise} {X264} -bf 3"),
        ("first.mp4", $"{Noise} {X264} -bf 3 -movflags +faststart"),
        ("fragments.mp4", $"{Noise.Replace("d=2", "d=4")} {X264} -movflags frag_keyframe+empty_moov"),
        ("variable.mp4", $"{Noise} -vf select='not(mod(n\\,3))+lt(n\\,20)' -fps_mode vfr {X264} -bf 2"),
        ("both.mp4", $"{Noise} -f lavfi -i sine=d=2 {X264} -bf 2"),
        ("hevc.mp4", $"{Noise} -c:v libx265 -preset ultrafast -x265-params log-level=error:qp=12 -g 10"),
        ("intra.mov", $"{Noise} -c:v prores_ks -bits_per_mb 4000"),
        ("asp.mp4", $"{Noise} -c:v mpeg4 -q:v 2 -bf 2 -g 10"),
    ];

    private readonly MediaFolder _media = new();

    public static IEnumerable<string> Names => Clips.Select(clip => clip.Name);

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Names))]
    public void Few_frames_of_many_are_read_alone(string name)
    {
        string path = Make(name);
        long length = new FileInfo(path).Length;
        foreach (FrameSelection selection in new FrameSelection[] { new IndexFrames([0]), new UniformFrames(3), new MidpointFrames(2), new TimeFrames([1.01]) })
        {
            using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = selection, Size = new ExactSize(32, 32) });
            Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
            Assert.That(decode.BytesRead, Is.LessThan(length * 3 / 4), $"{selection} of {length} bytes");
        }
    }

    [TestCaseSource(nameof(Names))]
    public void They_are_the_frames_that_reading_everything_gives(string name)
    {
        // Key frames are looked for in the packets themselves, all of them.
        string path = Make(name);
        using DirectDecode keys = DirectDecode.Of(path, new VideoSpec { Selection = new KeyFrames(), Size = new ExactSize(32, 32) });
        using DirectDecode same = DirectDecode.Of(
            path, new VideoSpec { Selection = new TimeFrames(keys.Clip.FrameTimesSeconds), Size = new ExactSize(32, 32) });
        Assert.That(keys.BytesRead, Is.GreaterThanOrEqualTo(new FileInfo(path).Length * 9 / 10));
        Assert.That(same.Clip.FrameTimesSeconds, Is.EqualTo(keys.Clip.FrameTimesSeconds));
        Assert.That(same.Bytes.SequenceEqual(keys.Bytes));
    }

    [Test]
    public void A_part_of_a_video_that_an_edit_list_shows_is_read_alone()
    {
        string path = _media.Make("edited.mp4", $"-ss 0.7 -i \"{Make("reordered.mp4")}\" -c copy");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new IndexFrames([0, 5]), Size = new ExactSize(32, 32) });
        using DirectDecode whole = DirectDecode.Of(
            Make("reordered.mp4"), new VideoSpec { Selection = new TimeFrames([0.72, 0.92]), Size = new ExactSize(32, 32) });
        Assert.That(decode.BytesRead, Is.LessThan(new FileInfo(path).Length * 6 / 10));
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0, 0.2 }).Within(0.001));
        Assert.That(decode.Bytes.SequenceEqual(whole.Bytes));
    }

    [Test]
    public void Fragments_that_an_index_of_fragments_leads_to_are_the_same_too()
    {
        string path = _media.Make("led.mp4", $"{Noise} {X264} -bf 2 -movflags frag_keyframe+empty_moov+default_base_moof+global_sidx");
        using DirectDecode keys = DirectDecode.Of(path, new VideoSpec { Selection = new KeyFrames(), Size = new ExactSize(32, 32) });
        using DirectDecode same = DirectDecode.Of(
            path, new VideoSpec { Selection = new TimeFrames(keys.Clip.FrameTimesSeconds), Size = new ExactSize(32, 32) });
        using DirectDecode last = DirectDecode.Of(path, new VideoSpec { Selection = new IndexFrames([-1, 0, 24]), Size = new ExactSize(32, 32) });
        Assert.That(same.Bytes.SequenceEqual(keys.Bytes));
        Assert.That(last.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 1.96, 0, 0.96 }).Within(0.001));
        Assert.That(last.Clip.Damage, Is.EqualTo(DamageReport.None));
    }

    [Test]
    public void An_index_that_takes_every_frame_for_a_key_frame_is_not_believed()
    {
        byte[] film = File.ReadAllBytes(Make("asp.mp4"));
        int list = film.AsSpan().IndexOf("stss"u8);
        "free"u8.CopyTo(film.AsSpan(list));
        var spec = new VideoSpec { Selection = new IndexFrames([17, 35]), Size = new ExactSize(32, 32) };
        using DirectDecode told = DirectDecode.Of(Make("asp.mp4"), spec);
        using DirectDecode untold = DirectDecode.Of(_media.Write("no-keys.mp4", film), spec);
        Assert.That(untold.Clip.FrameTimesSeconds, Is.EqualTo(told.Clip.FrameTimesSeconds));
        Assert.That(untold.Bytes.SequenceEqual(told.Bytes));
    }

    [Test]
    public void Bytes_that_cannot_be_read_do_not_matter_where_they_are_not_wanted()
    {
        byte[] film = File.ReadAllBytes(Make("first.mp4"));
        var source = new FailingClipSource(film, film.Length / 2);
        using DirectDecode before = new(new DecodeRequest(source, new VideoSpec { Selection = new IndexFrames([0, 12]) }));
        using DirectDecode after = new(new DecodeRequest(source, new VideoSpec { Selection = new IndexFrames([40]) }));
        Assert.That(before.Clip.Damage, Is.EqualTo(DamageReport.None));
        Assert.That(after.Fault?.Kind, Is.EqualTo(FaultKind.Missing));
    }

    private string Make(string name) => _media.Make(name, Clips.Single(clip => clip.Name == name).Arguments);
}
