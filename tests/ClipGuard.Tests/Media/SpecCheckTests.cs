using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>A spec that asks for what cannot be is the program's mistake: it throws, and no clip is blamed for it.</summary>
[CancelAfter(30_000)]
internal sealed class SpecCheckTests
{
    private static IEnumerable<ClipSpec> Wrong =>
    [
        new AudioSpec { SampleRateHz = -1 },
        new AudioSpec { StartSeconds = -0.5 },
        new AudioSpec { StartSeconds = double.NaN },
        new AudioSpec { DurationSeconds = 0 },
        new AudioSpec { Track = -1 },
        new VideoSpec { StartSeconds = 2, EndSeconds = 1 },
        new VideoSpec { Track = -1 },
        new VideoSpec { Selection = new UniformFrames(0) },
        new VideoSpec { Selection = new MidpointFrames(-1) },
        new VideoSpec { Selection = new IndexFrames([]) },
        new VideoSpec { Selection = new TimeFrames([]) },
        new VideoSpec { Selection = new TimeFrames([double.NaN]) },
        new VideoSpec { Selection = new KeyFrames { Max = 0 } },
        new VideoSpec { Selection = new RateFrames(0) },
        new VideoSpec { Selection = new RateFrames(2) { Factor = 0 } },
        new VideoSpec { Selection = new RateFrames(2) { MaxFrames = 1 } },
        new VideoSpec { Selection = new SmartFrames(1) },
        new VideoSpec { Selection = new SmartFrames(8) { Factor = 0 } },
        new VideoSpec { Selection = new WindowFrames(0, 4) },
        new VideoSpec { Selection = new WindowFrames(1025, 4) },
        new VideoSpec { Selection = new WindowFrames(2, 0) },
        new VideoSpec { Selection = new WindowFrames(2, 4) { PerSecond = 0 } },
        new VideoSpec { Selection = new WindowFrames(2, 4) { Positions = [0.5] } },
        new VideoSpec { Selection = new WindowFrames(2, 4) { Positions = [0.5, 0.4] } },
        new VideoSpec { Selection = new WindowFrames(2, 4) { Positions = [0, 1.01] } },
        new VideoSpec { Selection = new WindowFrames(1, 4) { WhenShort = (ShortClipPolicy)3 } },
        new AudioSpec { Windows = new AudioWindows(0, 1) },
        new AudioSpec { Windows = new AudioWindows(1, 0) },
        new AudioSpec { Windows = new AudioWindows(1, double.NaN) },
        new AudioSpec { Windows = new AudioWindows(1, 1) { Positions = [double.NaN] } },
        new VideoSpec { Size = new ExactSize(0, 10) },
        new ImageSpec { Size = new ExactSize(10, -1) },
        new ImageSpec { Size = new ShorterSideSize(0, 1, 1) },
        new ImageSpec { Size = new ShorterSideSize(1, 1, 0) },
        new ImageSpec { Size = new SmartSize { Factor = 0 } },
    ];

    private static IEnumerable<ClipSpec> Right =>
    [
        new AudioSpec(),
        new AudioSpec { SampleRateHz = AudioSpec.NativeRate, StartSeconds = 1, DurationSeconds = 0.001, Track = 0 },
        new VideoSpec(),
        new VideoSpec { StartSeconds = 1, EndSeconds = 1, Selection = new KeyFrames() },
        new VideoSpec { Selection = new RateFrames(0.1), Size = new SmartSize() },
        new VideoSpec { Selection = new SmartFrames(2) },
        new VideoSpec { Selection = new SmartFrames(1) { Factor = 1 } },
        new VideoSpec { Selection = new IndexFrames([-1]), Size = new OwnSize() },
        new VideoSpec { Selection = new WindowFrames(3, 1) { Positions = [0, 0, 1], PerSecond = 0.1 } },
        new AudioSpec { Windows = new AudioWindows(1024, 0.001) { WhenShort = ShortClipPolicy.Loop } },
        new ImageSpec { Size = new ShorterSideSize(1, 1, 1) },
        new InspectSpec(),
    ];

    [Test]
    public void What_cannot_be_throws([ValueSource(nameof(Wrong))] ClipSpec spec)
    {
        Assert.That(SpecCheck.Find(spec), Is.Not.Null);
        Assert.That(() => DirectDecode.Of("/nowhere", spec).Dispose(), Throws.ArgumentException);
    }

    [Test]
    public void What_has_lists_prints_what_is_in_them()
    {
        Assert.That(new IndexFrames([0, -1]).ToString(), Is.EqualTo("IndexFrames { Indices = [0, -1] }"));
        Assert.That(
            new TimeFrames([.. Enumerable.Range(0, 18).Select(i => i / 2.0)]).ToString(),
            Does.StartWith("TimeFrames { Seconds = [0, 0.5, 1,").And.EndWith("7.5, … 2 more] }"));
        Assert.That(new DecodedClip(ElementType.Float32, [1, 160]) { SampleRateHz = 16_000 }.ToString(), Is.EqualTo("Float32 [1, 160] at 16000 Hz"));
        Assert.That(new DecodedClip(ElementType.UInt8, [4, 5, 3]).ToString(), Is.EqualTo("UInt8 [4, 5, 3]"));
    }

    [Test]
    public void What_can_be_does_not([ValueSource(nameof(Right))] ClipSpec spec) => Assert.That(SpecCheck.Find(spec), Is.Null);
}
