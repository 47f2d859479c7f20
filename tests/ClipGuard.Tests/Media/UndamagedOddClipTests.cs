using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Clips that look odd and lack nothing that is wanted: they are as common as damaged ones, and must not be taken for them.</summary>
[CancelAfter(60_000)]
internal sealed class UndamagedOddClipTests
{
    private const string Video = "-f lavfi -i testsrc2=s=176x144:r=25:d=2";

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void A_recording_of_hevc_that_begins_in_an_open_group_of_pictures()
    {
        string whole = _media.Make(
            "whole.ts",
            $"{Video} -c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params "
                + "log-level=error:keyint=10:min-keyint=10:open-gop=1:bframes=3:slices=3:scenecut=0");
        string path = _media.Make("begun.ts", $"-ss 0.9 -i \"{whole}\" -c copy");
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new UniformFrames(8), Size = new ExactSize(32, 32) });
        using DirectDecode look = DirectDecode.Of(path, new InspectSpec());
        Assert.That(decode.Result?.Damage, Is.EqualTo(DamageReport.None), $"{decode.Fault?.Message} {decode.Log}");
        Assert.That(ClipDescription.Read(look.Bytes).Streams.Single().Damage, Is.EqualTo(DamageReport.None), look.Log);
    }

    [Test]
    public void A_video_that_was_cut_off_where_only_its_sound_went_on()
    {
        byte[] whole = File.ReadAllBytes(
            _media.Make("film.mkv", $"{Video} -f lavfi -i sine=d=4 -c:v libx264 -pix_fmt yuv420p -c:a pcm_s16le -cluster_time_limit 500"));
        string path = _media.Write("cut.mkv", whole.AsSpan(0, whole.Length - 60_000));
        using DirectDecode video = DirectDecode.Of(path, new VideoSpec { Size = new ExactSize(32, 32) });
        using DirectDecode audio = DirectDecode.Of(path, new AudioSpec());
        Assert.That(video.Result?.Damage, Is.EqualTo(DamageReport.None), $"{video.Fault?.Message} {video.Log}");
        Assert.That(audio.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), "it is really cut off");
    }

    // What a picture ends with: an empty block, and a byte that ends the file.
    [TestCase("still.gif", 2)]
    [TestCase("still.gif", 1)]
    public void A_picture_without_its_last_bytes_that_hold_no_pixels(string name, int lacking)
    {
        byte[] whole = File.ReadAllBytes(_media.Make(name, $"{Video} -frames:v 1"));
        AssertSame(name, _media.Write($"less{lacking}-{name}", whole.AsSpan(0, whole.Length - lacking)));
    }

    [Test]
    public void Bytes_behind_a_picture([Values("still.gif", "still.png", "still.jpg", "still.webp", "still.bmp", "still.tiff")] string name)
    {
        byte[] whole = File.ReadAllBytes(_media.Make(name, $"{Video} -frames:v 1"));
        AssertSame(name, _media.Write($"more-{name}", [.. whole, .. new byte[100], .. "and so on"u8]));
    }

    [Test]
    public void Zeros_behind_a_video([Values("padded.mkv", "padded.mp4", "padded.avi")] string name)
    {
        byte[] whole = File.ReadAllBytes(_media.Make(name, $"{Video} -c:v libx264 -pix_fmt yuv420p"));
        string path = _media.Write($"more-{name}", [.. whole, .. new byte[5000]]);
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Size = new ExactSize(32, 32) });
        Assert.That(decode.Result?.Damage, Is.EqualTo(DamageReport.None), $"{decode.Fault?.Message} {decode.Log}");
    }

    private void AssertSame(string name, string path)
    {
        using DirectDecode whole = DirectDecode.Of(_media.PathOf(name), new ImageSpec());
        using DirectDecode odd = DirectDecode.Of(path, new ImageSpec());
        Assert.That(odd.Result?.Damage, Is.EqualTo(DamageReport.None), $"{odd.Fault?.Message} {odd.Log}");
        Assert.That(odd.Bytes.SequenceEqual(whole.Bytes));
    }
}
