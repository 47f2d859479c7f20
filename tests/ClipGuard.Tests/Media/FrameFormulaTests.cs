using ClipGuard.Media;
using ClipGuard.Media.Libav.Pictures;
using ClipGuard.Media.Selections;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>
/// The formulas for frames and sizes, against values worked out from the formulas as their authors state them: by hand, or by NumPy (<c>linspace</c>,
/// <c>round</c>), PyTorch (<c>linspace</c>) and Python.
/// </summary>
[CancelAfter(10_000)]
internal sealed class FrameFormulaTests
{
    private const int MaxFrames = 100;

    [TestCase(0, 9, 1, new[] { 0 })]
    [TestCase(0, 9, 2, new[] { 0, 9 })]
    [TestCase(0, 9, 4, new[] { 0, 3, 6, 9 })]
    [TestCase(0, 4, 3, new[] { 0, 2, 4 })]
    [TestCase(0, 5, 3, new[] { 0, 2, 5 }, Description = "2.5 rounds to the even 2")]
    [TestCase(0, 7, 3, new[] { 0, 4, 7 }, Description = "3.5 rounds to the even 4")]
    [TestCase(0, 2, 6, new[] { 0, 0, 1, 1, 2, 2 }, Description = "fewer frames than wanted: 0.4 0.8 1.2 1.6")]
    [TestCase(0, 0, 3, new[] { 0, 0, 0 })]
    [TestCase(10, 20, 3, new[] { 10, 15, 20 })]
    [TestCase(0, 299, 16, new[] { 0, 20, 40, 60, 80, 100, 120, 140, 159, 179, 199, 219, 239, 259, 279, 299 })]
    [TestCase(12, 61, 5, new[] { 12, 24, 36, 49, 61 })]
    [TestCase(3, 1000, 9, new[] { 3, 128, 252, 377, 502, 626, 751, 875, 1000 })]
    [TestCase(0, 1799, 16, new[] { 0, 120, 240, 360, 480, 600, 720, 840, 959, 1079, 1199, 1319, 1439, 1559, 1679, 1799 })]
    public void Uniform_frames_include_both_ends(int first, int last, int count, int[] expected) =>
        Assert.That(FrameFormulas.Uniform(first, last, count), Is.EqualTo(expected));

    [TestCase(0, 99, 4, new[] { 12, 37, 62, 86 }, Description = "seg 24.75: 12.375, +25, +50 (49.5 to even), +74")]
    [TestCase(0, 9, 3, new[] { 1, 4, 7 }, Description = "seg 3: 1.5 + 0, 3, 6")]
    [TestCase(0, 10, 4, new[] { 1, 3, 6, 9 }, Description = "seg 2.5: 1.25 + 0, 2, 5, 8")]
    [TestCase(0, 0, 2, new[] { 0, 0 })]
    [TestCase(30, 60, 2, new[] { 37, 52 })]
    [TestCase(12, 61, 5, new[] { 16, 26, 36, 45, 55 })]
    [TestCase(0, 3, 8, new[] { 0, 0, 1, 1, 2, 2, 2, 3 }, Description = "fewer frames than wanted")]
    [TestCase(0, 1799, 16, new[] { 56, 168, 281, 393, 506, 618, 731, 843, 956, 1068, 1180, 1293, 1405, 1518, 1630, 1743 })]
    public void Midpoint_frames_lie_within_their_segments(int first, int last, int count, int[] expected) =>
        Assert.That(FrameFormulas.Midpoint(first, last, count), Is.EqualTo(expected));

    [TestCase(300, 30.0, 2.0, 20)]
    [TestCase(300, 29.97, 2.0, 20, Description = "20.02 is cut to a multiple of 2")]
    [TestCase(30, 30.0, 2.0, 4, Description = "2 frames are raised to the least, 4")]
    [TestCase(3, 30.0, 2.0, 2, Description = "no more than there are, as a multiple of 2")]
    [TestCase(2, 30.0, 2.0, 2)]
    [TestCase(1, 30.0, 2.0, 0, Description = "one frame cannot be sampled in pairs")]
    [TestCase(100_000, 25.0, 2.0, 768, Description = "8000 frames are lowered to the most, 768")]
    [TestCase(250, 25.0, 0.7, 6, Description = "7 frames are cut to 6")]
    [TestCase(5, 25.0, 2.0, 4)]
    [TestCase(767, 1.0, 1.0, 766, Description = "the most is also what there is, in pairs")]
    [TestCase(769, 1.0, 1.0, 768)]
    [TestCase(900, 30.0, 0.5, 14, Description = "15 is cut to 14, not rounded to 16")]
    [TestCase(1000, 24000.0 / 1001, 1.5, 62)]
    public void The_number_of_frames_at_a_rate_is_smart_nframes(int total, double videoRate, double rate, int expected) =>
        Assert.That(FrameFormulas.SmartCount(total, videoRate, new RateFrames(rate)), Is.EqualTo(expected));

    [TestCase(300, 5, 9, 3, 9, Description = "least 5 rounds up to 6, most 9 is a multiple of 3")]
    [TestCase(300, 4, 10, 4, 8, Description = "most 10 rounds down to 8")]
    [TestCase(40, 6, 100, 6, 6, Description = "2.7 frames are raised to 6")]
    [TestCase(300, 10, 50, 4, 20)]
    public void Bounds_are_rounded_to_the_factor(int total, int min, int max, int factor, int expected) =>
        Assert.That(FrameFormulas.SmartCount(total, 30, new RateFrames(2) { MinFrames = min, MaxFrames = max, Factor = factor }), Is.EqualTo(expected));

    [TestCase(1, 2, 0, Description = "0.5 rounds to the even 0")]
    [TestCase(2, 2, 2)]
    [TestCase(3, 2, 4, Description = "1.5 rounds to the even 2")]
    [TestCase(5, 2, 4, Description = "2.5 rounds to the even 2")]
    [TestCase(7, 2, 8, Description = "3.5 rounds to the even 4")]
    [TestCase(16, 2, 16)]
    [TestCase(10, 4, 8)]
    [TestCase(14, 4, 16)]
    [TestCase(10, 3, 9)]
    [TestCase(int.MaxValue, 2, int.MaxValue)]
    public void A_smart_number_is_the_nearest_multiple_of_the_factor(int count, int factor, int expected) =>
        Assert.That(new SmartFrames(count) { Factor = factor }.KnownCount, Is.EqualTo(expected));

    [TestCase(5, 0.0, null, new[] { 0, 3, 6, 9 })]
    [TestCase(3, 0.25, 0.65, new[] { 3, 4, 5, 6 }, Description = "from ceil(0.25·10) to floor(0.65·10)")]
    [TestCase(12, 0.0, null, null, Description = "there are ten")]
    [TestCase(6, 0.25, 0.65, null, Description = "there are four")]
    public void A_smart_number_of_frames_is_spread_as_frames_at_a_rate_are(int count, double start, double? end, int[]? expected)
    {
        var spec = new VideoSpec { Selection = new SmartFrames(count), StartSeconds = start, EndSeconds = end };
        (FaultKind Kind, string Message)? fault = FrameIndexSelector.Pick(spec, MaxFrames, Steady(10), out int[] frames);
        Assert.That((fault?.Kind, fault is null ? frames : null), Is.EqualTo(((FaultKind?)(expected is null ? FaultKind.Unsupported : null), expected)));
    }

    [TestCase(0, 299, 4, new[] { 0, 100, 199, 299 })]
    [TestCase(7, 7, 1, new[] { 7 })]
    [TestCase(3, 4, 2, new[] { 3, 4 })]
    [TestCase(100, 2400, 16, new[] { 100, 253, 407, 560, 713, 867, 1020, 1173, 1327, 1480, 1633, 1787, 1940, 2093, 2247, 2400 })]
    [TestCase(0, 299, 20, new[] { 0, 16, 31, 47, 63, 79, 94, 110, 126, 142, 157, 173, 189, 205, 220, 236, 252, 268, 283, 299 })]
    [TestCase(0, 9, 4, new[] { 0, 3, 6, 9 })]
    [TestCase(0, 5, 3, new[] { 0, 2, 5 })]
    [TestCase(0, 16_777_217, 2, new[] { 0, 16_777_216 }, Description = "single precision ends at 24 bits")]
    [TestCase(0, 10, 21, new[] { 0, 0, 1, 2, 2, 2, 3, 4, 4, 4, 5, 6, 6, 6, 7, 8, 8, 8, 9, 10, 10 }, Description = "halves go to even numbers")]
    public void Frames_at_a_rate_are_spread_in_single_precision(int first, int last, int count, int[] expected) =>
        Assert.That(FrameFormulas.SmartSpread(first, last, count), Is.EqualTo(expected));

    [TestCase(1280, 720, 28, 3136L, 12_845_056L, 1288, 728)]
    [TestCase(1920, 1080, 28, 3136L, 602_112L, 1008, 560)]
    [TestCase(10, 10, 28, 3136L, 12_845_056L, 56, 56)]
    [TestCase(4000, 20, 28, 3136L, 12_845_056L, 4004, 28)]
    [TestCase(98, 42, 28, 3136L, 12_845_056L, 112, 56, Description = "3.5 and 1.5 patches round to even")]
    [TestCase(1920, 1080, 32, 131_072L, 786_432L, 1152, 640)]
    [TestCase(640, 360, 28, 100_352L, 235_200L, 644, 364)]
    [TestCase(720, 1280, 28, 100_352L, 602_112L, 560, 1008)]
    [TestCase(3840, 2160, 28, 100_352L, 602_112L, 1008, 560)]
    public void Smart_sizes_are_multiples_within_the_budget(int width, int height, int factor, long min, long max, int expectedWidth, int expectedHeight) =>
        Assert.That(SmartResize.Size(width, height, factor, min, max), Is.EqualTo((expectedWidth, expectedHeight)));

    [Test]
    public void A_picture_over_200_times_as_long_as_wide_has_no_smart_size() =>
        Assert.That(SmartResize.Size(2010, 10, 28, 3136, 12_845_056), Is.Null);

    [TestCase(16, 100_352.0, 602_112.0, Description = "768 tokens a frame: 115200/16·2 is far more")]
    [TestCase(768, 100_352.0, 235_200.0, Description = "115200·784/768·2")]
    [TestCase(100_000, 100_352.0, 105_369.0, Description = "never less than 1.05 of the least")]
    public void Frames_share_a_budget_of_pixels(int frames, double min, double max) =>
        Assert.That(SmartResize.FrameBudget(new SmartSize(), frames), Is.EqualTo((min, max)));

    [TestCase(32, 768, null, null, null, 131_072.0, 307_200.0)]
    [TestCase(28, 64, null, null, 19_267_584L, 100_352.0, 602_112.0)]
    [TestCase(32, 8, null, null, 2_000_000L, 131_072.0, 500_000.0, Description = "2,000,000/8·2")]
    [TestCase(28, 1000, null, null, null, 100_352.0, 180_633.6)]
    [TestCase(28, 16, 50_176L, 300_000L, 20_000_000L, 50_176.0, 300_000.0)]
    [TestCase(28, 768, null, 500_000L, null, 100_352.0, 235_200.0, Description = "what is left for a frame is less than its most")]
    public void Budgets_that_are_given_take_the_place_of_the_usual_ones(int factor, int frames, long? min, long? max, long? total, double least, double most) =>
        Assert.That(
            SmartResize.FrameBudget(new SmartSize { Factor = factor, MinPixels = min, MaxPixels = max, TotalPixels = total }, frames),
            Is.EqualTo((least, most)));

    [TestCase(640, 480, 256, 224, 224, 341, 256, 58, 16)]
    [TestCase(480, 640, 224, 224, 224, 224, 298, 0, 37)]
    [TestCase(100, 100, 50, 80, 80, 50, 50, 0, 0)]
    public void The_shorter_side_is_scaled_and_the_middle_cut_out(
        int width, int height, int side, int cropWidth, int cropHeight, int scaledWidth, int scaledHeight, int left, int top) =>
        Assert.That(
            ScaleCropPlan.For(new ShorterSideSize(side, cropWidth, cropHeight), width, height, null),
            Is.EqualTo(new ScaleCropPlan(scaledWidth, scaledHeight, left, top, Math.Min(cropWidth, scaledWidth), Math.Min(cropHeight, scaledHeight))));

    [TestCase(new[] { 5, -1, 0, 5 }, new[] { 5, 9, 0, 5 })]
    [TestCase(new[] { -10 }, new[] { 0 })]
    public void Frames_by_number_keep_order_and_repeats_and_count_from_the_end(int[] indices, int[] expected)
    {
        Assert.That(FrameIndexSelector.Pick(new VideoSpec { Selection = new IndexFrames(indices) }, MaxFrames, Steady(10), out int[] frames), Is.Null);
        Assert.That(frames, Is.EqualTo(expected));
    }

    [TestCase(10)]
    [TestCase(-11)]
    public void A_frame_number_out_of_range_is_a_fault(int index) =>
        Assert.That(
            FrameIndexSelector.Pick(new VideoSpec { Selection = new IndexFrames([index]) }, MaxFrames, Steady(10), out _)?.Kind, Is.EqualTo(FaultKind.Corrupt));

    [TestCase(0.0, 0)]
    [TestCase(0.0999, 0)]
    [TestCase(0.1, 1)]
    [TestCase(0.55, 5)]
    [TestCase(0.95, 9)]
    [TestCase(-3.0, 0)]
    public void The_frame_at_a_time_is_the_last_that_began_by_then(double seconds, int expected)
    {
        Assert.That(FrameIndexSelector.Pick(new VideoSpec { Selection = new TimeFrames([seconds]) }, MaxFrames, Steady(10), out int[] frames), Is.Null);
        Assert.That(frames, Is.EqualTo(new[] { expected }));
    }

    [Test]
    public void There_is_no_frame_after_the_end()
    {
        var spec = new VideoSpec { Selection = new TimeFrames([1.0]) };
        Assert.That(FrameIndexSelector.Pick(spec, MaxFrames, Steady(10), out _)?.Kind, Is.EqualTo(FaultKind.Corrupt));
    }

    [Test]
    public void A_range_of_time_includes_the_frames_at_both_its_ends()
    {
        var spec = new VideoSpec { Selection = new UniformFrames(3), StartSeconds = 0.2, EndSeconds = 0.6 };
        Assert.That(FrameIndexSelector.Pick(spec, MaxFrames, Steady(10), out int[] frames), Is.Null);
        Assert.That(frames, Is.EqualTo(new[] { 2, 4, 6 }));
    }

    [Test]
    public void Key_frames_are_taken_all_or_a_uniform_choice_of_them()
    {
        FrameTimeline timeline = Steady(10) with { IsKey = [true, false, true, false, true, false, true, false, true, false] };
        Assert.That(FrameIndexSelector.Pick(new VideoSpec { Selection = new KeyFrames() }, MaxFrames, timeline, out int[] all), Is.Null);
        Assert.That(FrameIndexSelector.Pick(new VideoSpec { Selection = new KeyFrames { Max = 3 } }, MaxFrames, timeline, out int[] some), Is.Null);
        Assert.That(all, Is.EqualTo(new[] { 0, 2, 4, 6, 8 }));
        Assert.That(some, Is.EqualTo(new[] { 0, 4, 8 }));
    }

    private static IEnumerable<FrameSelection> FourFramesAtLeast =>
    [
        new UniformFrames(4), new MidpointFrames(int.MaxValue), new IndexFrames([0, 1, 2, 2]), new TimeFrames([0, 0, 0, 0]), new RateFrames(10),
        new SmartFrames(4), new KeyFrames(),
    ];

    [Test]
    public void More_frames_than_the_limit_are_never_picked([ValueSource(nameof(FourFramesAtLeast))] FrameSelection selection)
    {
        (FaultKind Kind, string Message)? fault = FrameIndexSelector.Pick(new VideoSpec { Selection = selection }, 3, Steady(10), out _);
        Assert.That(fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
        Assert.That(fault?.Message, Does.EndWith("more than the limit of 3."));
    }

    [Test]
    public void The_last_frame_is_on_show_for_as_long_as_its_packet_says()
    {
        FrameTimeline timeline = Steady(10) with { LastFrameSeconds = 5 };
        Assert.That(FrameIndexSelector.Pick(new VideoSpec { Selection = new TimeFrames([5.8]) }, MaxFrames, timeline, out int[] frames), Is.Null);
        Assert.That(frames, Is.EqualTo(new[] { 9 }));
        var behind = new VideoSpec { Selection = new TimeFrames([5.95]) };
        Assert.That(FrameIndexSelector.Pick(behind, MaxFrames, timeline, out _)?.Kind, Is.EqualTo(FaultKind.Corrupt));
    }

    // Ten frames a second, on a clock of 1/1000 s that starts at 500.
    private static FrameTimeline Steady(int count) =>
        new([.. Enumerable.Range(0, count).Select(i => 500L + (i * 100))], [.. Enumerable.Repeat(true, count)], 1, 1000, 10);
}
