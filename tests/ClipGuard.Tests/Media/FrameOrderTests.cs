using System.Buffers.Binary;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Videos whose containers say something wrong of their frames' order: which one is a key frame, when each is shown, which are shown at all.</summary>
[CancelAfter(60_000)]
internal sealed class FrameOrderTests
{
    private const string Moving = "-f lavfi -i testsrc2=s=96x64:r=25:d=4";

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase("-c:v libx264 -preset veryfast -pix_fmt yuv420p -bf 3 -g 25")]
    [TestCase("-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=error:bframes=3:keyint=25")]
    [TestCase("-c:v mpeg4 -bf 2 -g 12")]
    [TestCase("-c:v mpeg2video -bf 2 -g 12")]
    public void Without_times_of_presentation_the_decoder_knows_the_order(string codec)
    {
        byte[] film = File.ReadAllBytes(_media.Make($"reordered-{codec[5..10]}.mp4", $"{Moving} {codec}"));
        "free"u8.CopyTo(film.AsSpan(film.AsSpan().IndexOf("ctts"u8)));
        "free"u8.CopyTo(film.AsSpan(film.AsSpan().IndexOf("edts"u8)));
        string path = _media.Write($"no-ctts-{codec[5..10]}.mp4", film);
        byte[] all = All(path);
        int[] frames = [0, 1, 2, 3, 26, 50, 98, -1];
        using DirectDecode decode = DirectDecode.Of(path, Frames(frames));
        Assert.That(WorstDifference.Of(decode.Bytes, Pick(all, frames)), Is.LessThanOrEqualTo(1));
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(frames.Select(frame => (frame < 0 ? frame + 100 : frame) * 0.04)).Within(0.001));
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
    }

    [Test]
    public void A_key_frame_of_which_the_decoder_says_that_it_is_none_is_no_place_to_jump_to()
    {
        byte[] film = File.ReadAllBytes(_media.Make("cinepak.avi", $"{Moving} -c:v cinepak -g 1000 -max_extra_cb_iterations 0 -pix_fmt rgb24"));
        int index = film.AsSpan().LastIndexOf("idx1"u8) + 8;
        foreach (int frame in (int[])[30, 60, 80])
        {
            film[index + (frame * 16) + 4] |= 0x10;
        }

        string path = _media.Write("false-keys.avi", film);
        int[] frames = [3, 31, 61, 62, 81, 99];
        using DirectDecode decode = DirectDecode.Of(path, Frames(frames));
        Assert.That(WorstDifference.Of(decode.Bytes, Pick(All(path), frames)), Is.Zero);
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        using DirectDecode keys = DirectDecode.Of(path, new VideoSpec { Selection = new KeyFrames(), Size = new OwnSize() });
        Assert.That(keys.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0.0 }), "the false ones are no key frames");
    }

    [Test]
    public void An_edit_list_that_shows_nothing_is_damage()
    {
        byte[] film = File.ReadAllBytes(_media.Make("edited.mp4", $"{Moving} -c:v libx264 -pix_fmt yuv420p"));
        int edit = film.AsSpan().IndexOf("elst"u8) + 12;
        BinaryPrimitives.WriteUInt32BigEndian(film.AsSpan(edit + 4), 12_800 * 60);
        string path = _media.Write("edited-away.mp4", film);
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec());
        Assert.That((decode.Fault?.Kind, decode.Fault?.Message), Is.EqualTo(((FaultKind?)FaultKind.Corrupt, "The video stream has no frames.")));
        using DirectDecode look = DirectDecode.Of(path, new InspectSpec());
        StreamDescription stream = ClipDescription.Read(look.Bytes).Streams.Single();
        Assert.That((stream.FoundFrameCount, stream.Damage?.MissingFrameCount), Is.EqualTo(((long?)0, (long?)100)));
    }

    private static VideoSpec Frames(int[] frames) => new() { Selection = new IndexFrames(frames), Size = new OwnSize() };

    private static byte[] All(string path) =>
        FfmpegProgram.Run($"-i \"{path}\" -fps_mode passthrough -sws_flags bicubic+accurate_rnd+full_chroma_int -pix_fmt rgb24 -f rawvideo -");

    private static byte[] Pick(byte[] all, int[] frames)
    {
        const int Bytes = 96 * 64 * 3;
        Assert.That(all, Has.Length.EqualTo(100 * Bytes));
        return [.. frames.SelectMany(frame => all.AsSpan((frame < 0 ? frame + 100 : frame) * Bytes, Bytes).ToArray())];
    }
}
