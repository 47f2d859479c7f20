using ClipGuard.Media;
using ClipGuard.Media.Selections;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Several windows of a video out of one decode: which frames they have, and that these are those that are had alone.</summary>
[CancelAfter(120_000)]
internal sealed class VideoWindowTests
{
    private const string Moving = "-f lavfi -i testsrc2=s=96x64:r=25:d=4,hue=H=t -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 12";

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    // Ten frames, one each second.
    [TestCase(1, 3, null, new[] { 0, 1, 2 })]
    [TestCase(3, 2, null, new[] { 0, 1, 4, 5, 8, 9 }, Description = "0.5 of 8 free frames is the one with number 4")]
    [TestCase(2, 10, null, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    [TestCase(2, 2, 0.5, new[] { 0, 2, 6, 8 }, Description = "a window lasts 4 s, and the last one begins at 6 s")]
    [TestCase(2, 4, 2.0, new[] { 0, 0, 1, 1, 8, 8, 9, 9 })]
    [TestCase(3, 1, 1.0, new[] { 0, 4, 9 }, Description = "at 0, 4.5 and 9 s")]
    public void Evenly_they_begin_with_the_video_and_end_with_it(int count, int frames, double? rate, int[] expected) =>
        Assert.That(Picked(new WindowFrames(count, frames) { PerSecond = rate }), Is.EqualTo(expected));

    [TestCase(0.0, null, 0)]
    [TestCase(0.1, null, 0)]
    [TestCase(0.1112, null, 1)]
    [TestCase(0.9999, null, 8)]
    [TestCase(1.0, null, 8)]
    [TestCase(0.49, 1.0, 3)]
    [TestCase(0.5, 1.0, 4)]
    [TestCase(0.999, 1.0, 7)]
    [TestCase(1.0, 1.0, 8)]
    public void A_position_is_a_share_of_what_is_free(double position, double? rate, int first) =>
        Assert.That(Picked(new WindowFrames(1, 2) { PerSecond = rate, Positions = [position] }), Is.EqualTo(new[] { first, first + 1 }));

    [TestCase(ShortClipPolicy.Pad, null, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9 })]
    [TestCase(ShortClipPolicy.Loop, null, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1 })]
    [TestCase(ShortClipPolicy.Pad, 1.0, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9 })]
    [TestCase(ShortClipPolicy.Loop, 1.0, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1 })]
    public void A_video_that_is_too_short_is_padded_or_begun_again(ShortClipPolicy policy, double? rate, int[] expected) =>
        Assert.That(Picked(new WindowFrames(2, 12) { PerSecond = rate, WhenShort = policy }), Is.EqualTo(expected.Concat(expected)));

    [Test]
    public void Or_refused([Values(null, 1.0)] double? rate)
    {
        Assert.That(WindowPlan.Pick(new WindowFrames(1, 11) { PerSecond = rate }, TenSeconds, 0, 9, out _), Does.Contain("11"));
        Assert.That(WindowPlan.Pick(new WindowFrames(1, 10) { PerSecond = rate }, TenSeconds, 0, 9, out _), Is.Null, "just long enough");
        Assert.That(WindowPlan.Pick(new WindowFrames(1, 4) { PerSecond = rate }, TenSeconds, 3, 5, out _), Does.Contain("3"), "the range counts");
    }

    [Test]
    public void At_a_videos_own_rate_no_frame_is_missed_or_taken_twice()
    {
        // Thirds, and 1001sts, are no sums of powers of two.
        foreach ((int numerator, int denominator) in new[] { (1, 3), (1001, 30_000), (1, 25), (1001, 24_000) })
        {
            const int Count = 600;
            double rate = (double)denominator / numerator;
            var timeline = new FrameTimeline([.. Enumerable.Range(0, Count)], new bool[Count], numerator, denominator, rate);
            WindowPlan.Pick(new WindowFrames(1, Count) { PerSecond = rate }, timeline, 0, Count - 1, out int[] frames);
            Assert.That(frames, Is.EqualTo(Enumerable.Range(0, Count)), $"{rate} a second");
        }
    }

    [TestCase("film.mp4")]
    [TestCase("film.mkv")]
    [TestCase("film.ts")]
    public void They_are_the_frames_that_are_had_alone(string name)
    {
        string path = _media.Make(name, Moving);
        var spec = new VideoSpec { Size = new OwnSize(), StartSeconds = 0.2 };
        var windows = new WindowFrames(3, 4) { PerSecond = 10, Positions = [0, 0.31, 1] };

        using DirectDecode all = DirectDecode.Of(path, spec with { Selection = windows });

        Assert.That(all.Clip.Shape, Is.EqualTo(new[] { 3, 4, 64, 96, 3 }));
        Assert.That(all.Clip.FrameTimesSeconds, Has.Count.EqualTo(12));
        Assert.That(all.Clip.WindowStartsSeconds, Is.Empty);
        int bytes = all.Bytes.Length / 3;
        for (int i = 0; i < 3; i++)
        {
            double start = 0.2 + (windows.Positions[i] * (4 - 0.2 - 0.4));
            double[] times = [.. Enumerable.Range(0, 4).Select(frame => start + (frame / 10.0) + 1e-6)];
            using DirectDecode alone = DirectDecode.Of(path, new VideoSpec { Size = new OwnSize(), Selection = new TimeFrames(times) });
            using DirectDecode one = DirectDecode.Of(path, spec with { Selection = windows with { Count = 1, Positions = [windows.Positions[i]] } });
            Assert.That(all.Bytes.Slice(i * bytes, bytes).SequenceEqual(alone.Bytes), $"window {i}");
            Assert.That(all.Bytes.Slice(i * bytes, bytes).SequenceEqual(one.Bytes), $"window {i}");
            Assert.That(all.Clip.FrameTimesSeconds.Skip(i * 4).Take(4), Is.EqualTo(alone.Clip.FrameTimesSeconds));
        }

        Assert.That(all.Clip.FrameTimesSeconds[^1], Is.EqualTo(3.88).Within(1e-9), "the last window ends with the film");
    }

    [Test]
    public void Channels_may_come_first_and_a_windows_pictures_are_as_large_as_if_it_were_alone()
    {
        string path = _media.Make("film.mp4", Moving);
        var spec = new VideoSpec { Size = new SmartSize { TotalPixels = 16 * 28 * 28 }, Layout = PixelLayout.ChannelsFirst };

        using DirectDecode four = DirectDecode.Of(path, spec with { Selection = new WindowFrames(4, 2) });
        using DirectDecode one = DirectDecode.Of(path, spec with { Selection = new WindowFrames(1, 2) });

        Assert.That(one.Clip.Shape.Take(3), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(four.Clip.Shape, Is.EqualTo(one.Clip.Shape.Skip(1).Prepend(4)));
    }

    [Test]
    public void Frames_given_as_pictures_have_windows_too()
    {
        string[] pictures = [.. Enumerable.Range(0, 5).Select(i => _media.Make($"{i}.png", $"-f lavfi -i color=0x{i * 40:x2}0000:s=8x8 -frames:v 1"))];
        var spec = new VideoSpec { Size = new OwnSize(), Selection = new WindowFrames(2, 2) };

        using var decode = new DirectDecode(new DecodeRequest(new FileListSource(pictures), spec));

        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 2, 2, 8, 8, 3 }));
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0, 1, 3, 4 }));
    }

    [Test]
    public void All_windows_together_count_against_the_limit_of_frames()
    {
        var request = new DecodeRequest(new FileSource(_media.Make("film.mp4", Moving)), new VideoSpec { Selection = new WindowFrames(4, 4) })
        {
            Limits = new DecodeLimits { MaxFrames = 15 },
        };

        using var decode = new DirectDecode(request);

        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
    }

    private static FrameTimeline TenSeconds => new([.. Enumerable.Range(0, 10)], new bool[10], 1, 1, RateHz: 1);

    private static int[] Picked(WindowFrames windows)
    {
        Assert.That(WindowPlan.Pick(windows, TenSeconds, 0, 9, out int[] frames), Is.Null);
        return frames;
    }
}
