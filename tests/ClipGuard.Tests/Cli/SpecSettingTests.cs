using System.Globalization;
using System.Reflection;
using System.Text.Json;

using ClipGuard.Cli.Running;
using ClipGuard.Cli.Settings;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Cli;

/// <summary>What clips are decoded to, as users say it.</summary>
[CancelAfter(30_000)]
public sealed class SpecSettingTests
{
    private GivenSettings _said = new();

    [SetUp]
    public void Forget() => _said = new GivenSettings();

    [Test]
    public void Of_several_ways_of_choosing_frames_the_strongest_source_has_its_own()
    {
        _said.Configuration = """{ "frames": 8 }""";
        Assert.That(FrameSettings.Read(_said.With()), Is.EqualTo(new UniformFrames(8)));
        Assert.That(FrameSettings.Read(_said.With("--fps", "2:6:100")), Is.EqualTo(new RateFrames(2) { MinFrames = 6, MaxFrames = 100 }));
        Assert.That(FrameSettings.Read(_said.With("--fps", "2:6:100:4")), Is.EqualTo(new RateFrames(2) { MinFrames = 6, MaxFrames = 100, Factor = 4 }));
        Assert.That(FrameSettings.Read(_said.With("--smart-frames", "16")), Is.EqualTo(new SmartFrames(16)));
        Assert.That(FrameSettings.Read(_said.With("--smart-frames", "16:4")), Is.EqualTo(new SmartFrames(16) { Factor = 4 }));
        Assert.That(((IndexFrames)FrameSettings.Read(_said.With("--indices", "0, 5,-1"))).Indices, Is.EqualTo(new[] { 0, 5, -1 }));
        Assert.That(FrameSettings.Read(_said.With("--key-frames", "all")), Is.EqualTo(new KeyFrames()));
        Assert.That(FrameSettings.Read(_said.With("--windows", "4:16")), Is.EqualTo(new WindowFrames(4, 16)));
        Assert.That(FrameSettings.Read(_said.With("--windows", "4:16:7.5")), Is.EqualTo(new WindowFrames(4, 16) { PerSecond = 7.5 }));
        Assert.That(FrameSettings.Read(_said.With("--windows", "4:16:pad")), Is.EqualTo(new WindowFrames(4, 16) { WhenShort = ShortClipPolicy.Pad }));
        Assert.That(AudioSettings.Read(_said.With("--audio-windows", "2:1.5")).Windows, Is.EqualTo(new AudioWindows(2, 1.5)));
        Assert.That(
            AudioSettings.Read(_said.With("--audio-windows", "2:1:Loop")).Windows,
            Is.EqualTo(new AudioWindows(2, 1) { WhenShort = ShortClipPolicy.Loop }));
        Assert.That(
            () => FrameSettings.Read(_said.With("--times", "0,1.5", "--midpoint-frames", "4")),
            Throws.TypeOf<UsageException>().With.Message.Contains("--midpoint-frames and --times are two ways"));
    }

    [TestCase("--fps", "0")]
    [TestCase("--fps", "2:4")]
    [TestCase("--fps", "2:4:8:2:2")]
    [TestCase("--fps", "2:4:1")]
    [TestCase("--fps", "2:4:8:0")]
    [TestCase("--smart-frames", "1")]
    [TestCase("--smart-frames", "16:0")]
    [TestCase("--smart-frames", "16:32")]
    [TestCase("--smart-frames", "16:2:2")]
    [TestCase("--windows", "4")]
    [TestCase("--windows", "0:4")]
    [TestCase("--windows", "1025:4")]
    [TestCase("--windows", "4:0")]
    [TestCase("--windows", "4:16:0")]
    [TestCase("--windows", "4:16:x")]
    [TestCase("--windows", "4:16:8:pad:2")]
    [TestCase("--audio-windows", "4")]
    [TestCase("--audio-windows", "4:0")]
    [TestCase("--audio-windows", "4:1:2")]
    [TestCase("--audio-track", "-1")]
    [TestCase("--end", "0")]
    public void What_asks_for_nothing_is_an_error_of_the_users(string option, string value)
    {
        Assert.That(
            () => (AudioSettings.Read(_said.With(option, value)), PictureSettings.ReadVideo(_said.With(option, value))),
            Throws.TypeOf<UsageException>().With.Message.StartsWith(option));
    }

    [Test]
    public void A_range_ends_after_a_duration_or_at_an_end()
    {
        SettingSources sources = _said.With("--start", "0.1", "--end", "0.3");
        Assert.That((AudioSettings.Read(sources).StartSeconds, AudioSettings.Read(sources).DurationSeconds), Is.EqualTo((0.1, 0.2)));
        Assert.That((PictureSettings.ReadVideo(sources).StartSeconds, PictureSettings.ReadVideo(sources).EndSeconds), Is.EqualTo((0.1, 0.3)));
        Assert.That(PictureSettings.ReadVideo(_said.With("--start", "0.7", "--duration", "0.1")).EndSeconds, Is.EqualTo(0.8), "not 0.7999999999999999");
        _said.Configuration = """{ "duration": 9 }""";
        Assert.That(PictureSettings.ReadVideo(_said.With("--end", "4")).EndSeconds, Is.EqualTo(4));
        Assert.That(
            () => AudioSettings.Read(_said.With("--end", "4", "--duration", "4")),
            Throws.TypeOf<UsageException>().With.Message.EqualTo("--duration and --end both say where the range ends: give one or the other"));
        Assert.That(() => AudioSettings.Read(_said.With("--start", "2", "--end", "2")), Throws.TypeOf<UsageException>().With.Message.Contains("--end is 2 s"));
    }

    [Test]
    public void A_range_holds_for_audio_and_video()
    {
        SettingSources sources = _said.With("--start", "1.5", "--duration", "2");
        Assert.That((AudioSettings.Read(sources).StartSeconds, AudioSettings.Read(sources).DurationSeconds), Is.EqualTo((1.5, 2.0)));
        Assert.That((PictureSettings.ReadVideo(sources).StartSeconds, PictureSettings.ReadVideo(sources).EndSeconds), Is.EqualTo((1.5, 3.5)));
        Assert.That(PictureSettings.ReadVideo(_said.With("--start", "1")).EndSeconds, Is.Null);
    }

    [Test]
    public void A_range_is_as_long_as_it_was_written([Values("0.043", "0.001", "1.1", "3.307")] string text) =>
        Assert.That(
            AudioSettings.Read(_said.With("--duration", text)).DurationSeconds, Is.EqualTo(double.Parse(text, CultureInfo.InvariantCulture)));

    // One value of each that is not the default.
    private static readonly (Setting Setting, string Value)[] Said =
    [
        (AudioSettings.Rate, "44100"),
        (AudioSettings.Channels, "all"),
        (AudioSettings.Resampler, "soxr"),
        (AudioSettings.Track, "2"),
        (AudioSettings.Decoder, "naudio"),
        (AudioSettings.Windows, "3:0.5:loop"),
        (TimeRangeSettings.Start, "0.5"),
        (TimeRangeSettings.Duration, "2.5"),
        (TimeRangeSettings.End, "3"),
        (FrameSettings.Frames, "7"),
        (FrameSettings.Midpoints, "8"),
        (FrameSettings.Fps, "1.5:6:99:3"),
        (FrameSettings.Smart, "9:3"),
        (FrameSettings.Indices, "0,-1"),
        (FrameSettings.Times, "0.5,1"),
        (FrameSettings.KeyFrames, "5"),
        (FrameSettings.Windows, "4:16:8:pad"),
        (PictureSettings.Track, "1"),
        (PictureSettings.Size, "smart:32:1024:4096:9999"),
        (PictureSettings.ImageSize, "shorter:30:20x20"),
        (PictureSettings.Layout, "chw"),
        (PictureSettings.Colors, "gray"),
        (PictureSettings.Filter, "area"),
        (PictureSettings.Background, "102030"),
        (PictureSettings.JpegScaling, "fast"),
        (ClipLimitSettings.FramePixels, "1000"),
        (ClipLimitSettings.ClipBytes, "1MiB"),
        (ClipLimitSettings.Duration, "60"),
        (ClipLimitSettings.Frames, "64"),
        (ClipLimitSettings.DamagedFrames, "3"),
        (ClipLimitSettings.DamagedAudio, "0.5"),
        (ClipLimitSettings.Formats, "wav,mov"),
        (ClipLimitSettings.Codecs, "flac"),
    ];

    [Test]
    public void What_is_made_of_clips_can_be_said_as_option_as_variable_and_as_key_alike()
    {
        Assert.That(Said.Select(said => said.Setting), Is.EquivalentTo(SpecSettingGroups.All.SelectMany(group => group.Settings)));
        string unsaid = AsJson(ReadSpecs(_said.With()));
        foreach ((Setting setting, string value) in Said)
        {
            string byOption = AsJson(ReadSpecs(_said.With(setting.OptionName, value)));
            _said.Environment[setting.Variable!] = value;
            string byVariable = AsJson(ReadSpecs(_said.With()));
            _said.Environment.Clear();
            _said.Configuration = $$"""{ "{{setting.Key}}": "{{value}}" }""";
            string byKey = AsJson(ReadSpecs(_said.With()));
            _said.Configuration = null;
            Assert.That(byOption, Is.Not.EqualTo(unsaid), setting.Name);
            Assert.That((byVariable, byKey), Is.EqualTo((byOption, byOption)), setting.Name);
        }
    }

    [Test]
    public void All_that_specs_and_limits_hold_can_be_said()
    {
        object[] unsaid = ReadSpecs(_said.With());
        var sayable = Said.SelectMany(said => ReadSpecs(_said.With(said.Setting.OptionName, said.Value)).Zip(unsaid))
            .SelectMany(
                pair => Members(pair.First)
                    .Where(member => !Equals(member.GetValue(pair.First), member.GetValue(pair.Second))).Select(member => NameOf(pair.First, member)));
        Assert.That(unsaid.SelectMany(spec => Members(spec).Select(member => NameOf(spec, member))).Except(sayable), Is.Empty);
    }

    private static IEnumerable<PropertyInfo> Members(object spec) => spec.GetType().GetProperties().Where(member => member.SetMethod is not null);

    private static string NameOf(object spec, PropertyInfo member) => $"{spec.GetType().Name}.{member.Name}";

    private static object[] ReadSpecs(SettingSources sources) =>
        [AudioSettings.Read(sources), PictureSettings.ReadVideo(sources), PictureSettings.ReadImage(sources), ClipLimitSettings.Group.Read(sources)];

    private static string AsJson(object[] specs) => JsonSerializer.Serialize(specs);
}
