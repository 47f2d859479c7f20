using System.CommandLine;
using System.Reflection;
using System.Text.Json;

using ClipGuard.Cli.Running;
using ClipGuard.Cli.Settings;
using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.ObjectStorage;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Cli;

[CancelAfter(30_000)]
public sealed class SettingTests
{
    private readonly Dictionary<string, string> _environment = [];
    private string? _configuration;

    [SetUp]
    public void Forget()
    {
        _environment.Clear();
        _configuration = null;
    }

    [Test]
    public void A_setting_is_an_option_a_variable_and_a_key()
    {
        Assert.That(
            (AudioSettings.Rate.OptionName, AudioSettings.Rate.Variable, AudioSettings.Rate.Key),
            Is.EqualTo(("--audio-rate", "CLIPGUARD_AUDIO_RATE", "audioRate")));
    }

    [Test]
    public void Without_a_word_the_defaults_hold() =>
        Assert.That(GuardSettings.Read(Sources()), Is.EqualTo(new SupervisorOptions()).UsingPropertiesComparer());

    [Test]
    public void The_command_line_is_over_the_environment_and_that_over_the_file()
    {
        _configuration = """{ "timeout": 5 }""";
        Assert.That(GuardSettings.Read(Sources()).Deadline, Is.EqualTo(TimeSpan.FromSeconds(5)));

        _environment["MEDIA_DECODE_TIMEOUT"] = "6.5";
        Assert.That(GuardSettings.Read(Sources()).Deadline, Is.EqualTo(TimeSpan.FromSeconds(6.5)));

        _environment["CLIPGUARD_TIMEOUT"] = "7";
        Assert.That(GuardSettings.Read(Sources()).Deadline, Is.EqualTo(TimeSpan.FromSeconds(7)));
        Assert.That(GuardSettings.Read(Sources("--timeout", "8")).Deadline, Is.EqualTo(TimeSpan.FromSeconds(8)));
    }

    [Test]
    public void A_list_has_each_value_of_the_command_line_or_those_between_colons()
    {
        Assert.That(Sources().Get(RunSettings.Exclude, []), Is.Empty);
        _environment["CLIPGUARD_EXCLUDE"] = "/a:/b";
        Assert.That(Sources().Get(RunSettings.Exclude, []), Is.EqualTo(new[] { "/a", "/b" }));
        Assert.That(Sources("--exclude", "/x:y", "--exclude", "/z").Get(RunSettings.Exclude, []), Is.EqualTo(new[] { "/x:y", "/z" }));
        Assert.That(Sources("--exclude", "/x").Get(RunSettings.Exclude, []), Is.EqualTo(new[] { "/x" }));
    }

    [Test]
    public void Fetching_is_off_and_follows_ms_swifts_variable()
    {
        Assert.That(RunSettings.ReadManifest(Sources(), new FetchOptions()).AllowHttp, Is.False);
        _environment["SWIFT_TIMEOUT"] = "5";
        Assert.That(GuardSettings.Read(Sources()).Fetching.WaitLimit, Is.EqualTo(TimeSpan.FromSeconds(5)));
        _environment["SWIFT_TIMEOUT"] = "-1";
        Assert.That(GuardSettings.Read(Sources()).Fetching.WaitLimit, Is.GreaterThan(TimeSpan.FromDays(1)));
        Assert.That(
            GuardSettings.Read(Sources("--http-timeout", "7", "--max-http-bytes", "1MiB")).Fetching,
            Is.EqualTo(new FetchOptions { WaitLimit = TimeSpan.FromSeconds(7), MaxBytes = 1 << 20 }));
    }

    [Test]
    public void Headers_come_from_options_or_from_the_lines_of_a_variable_and_are_not_shown()
    {
        _environment["CLIPGUARD_HTTP_HEADER"] = "Authorization: Bearer secret\n\nX-Other:  1 ";
        IReadOnlyList<HttpHeader> headers = GuardSettings.Read(Sources()).Fetching.HttpHeaders;
        Assert.That(headers.Select(static header => $"{header.Name}={header.Value}"), Is.EqualTo(new[] { "Authorization=Bearer secret", "X-Other=1" }));
        Assert.That($"{headers[0]} {GuardSettings.Read(Sources())}", Does.Not.Contain("secret"));

        headers = GuardSettings.Read(Sources("--http-header", "A: b", "--http-header=C: d")).Fetching.HttpHeaders;
        Assert.That(headers.Select(static header => $"{header.Name}={header.Value}"), Is.EqualTo(new[] { "A=b", "C=d" }));
    }

    [TestCase("secret", "a header (not shown) was given without a name and a colon, expected 'Name: value'")]
    [TestCase("A B: secret", "a header (not shown) has a name that no request may have")]
    [TestCase("A: secret\u00e4", "the value of the header A (not shown) has characters that no header may have")]
    [TestCase("Host: secret", "the header Host cannot be set")]
    public void What_is_no_header_is_refused_without_being_shown(string header, string message) => Assert.That(
        () => GuardSettings.Read(Sources("--http-header", header)),
        Throws.InstanceOf<UsageException>().With.Message.EqualTo($"--http-header: {message}"));

    [Test]
    public void An_object_store_is_asked_only_where_its_addresses_are_allowed_or_named()
    {
        bool IsAsked(string? named, params string[] said) => GuardSettings.Read(Sources(said), named).Fetching.Fetchers.Count == 1;

        Assert.That((IsAsked(null), IsAsked("m.jsonl"), IsAsked("https://s3/m.jsonl")), Is.EqualTo((false, false, false)));
        Assert.That((IsAsked("s3://b/m.jsonl"), IsAsked("m.jsonl", "--allow-s3"), IsAsked("m", "--root", "s3://b/r")), Is.EqualTo((true, true, true)));
        Assert.That(
            FetchSettings.Store.Read(Sources("--s3-endpoint", "http://127.0.0.1:9000", "--s3-region", "eu", "--s3-path-style=false", "--s3-anonymous")),
            Is.EqualTo(new S3Options { Endpoint = new Uri("http://127.0.0.1:9000"), Region = "eu", PathStyle = false, Anonymous = true }));
        Assert.That(
            () => FetchSettings.Store.Read(Sources("--s3-endpoint", "http://me:secret@h")),
            Throws.InstanceOf<UsageException>().With.Message.Not.Contain("secret"));
    }

    [TestCase("0")]
    [TestCase("0.0")]
    public void A_timeout_of_0_decodes_in_this_process(string zero)
    {
        _environment["MEDIA_DECODE_TIMEOUT"] = zero;
        Assert.That(GuardSettings.Read(Sources()).Isolation, Is.EqualTo(Isolation.InProcess));
        Assert.That(GuardSettings.Read(Sources("--timeout", "1")).Isolation, Is.EqualTo(Isolation.Pooled));
    }

    [TestCase("1,5")]
    [TestCase("60s")]
    [TestCase("-1")]
    [TestCase("NaN")]
    [TestCase("∞")]
    [TestCase("0.0001")]
    [TestCase("99999999999")]
    [TestCase("")]
    public void Any_other_timeout_is_an_error_that_names_its_origin(string text)
    {
        _environment["MEDIA_DECODE_TIMEOUT"] = text;
        Assert.That(() => GuardSettings.Read(Sources()), Throws.TypeOf<UsageException>().With.Message.StartsWith("MEDIA_DECODE_TIMEOUT: "));
    }

    [TestCase("true", true)]
    [TestCase("False", false)]
    public void A_flag_can_be_given_anywhere(string text, bool expected)
    {
        _environment["CLIPGUARD_FRESH"] = text;
        Assert.That(Sources().Get(RunSettings.Fresh, !expected), Is.EqualTo(expected));
        Assert.That(Sources("--fresh").Get(RunSettings.Fresh, false), Is.True);
    }

    private static readonly (string Text, PictureSize Size)[] Sizes =
    [
        ("224", new ExactSize(224, 224)),
        ("320x240", new ExactSize(320, 240)),
        ("1X32768", new ExactSize(1, 32768)),
        ("own", new OwnSize()),
        ("shorter:256:224x200", new ShorterSideSize(256, 224, 200)),
        ("smart", new SmartSize()),
        ("Smart:32", new SmartSize { Factor = 32 }),
        ("smart:28:3136:12845056", new SmartSize { MinPixels = 3136, MaxPixels = 12845056 }),
        ("smart:28:3136", new SmartSize { MinPixels = 3136 }),
        ("smart:32:100352:786432:90316800", new SmartSize { Factor = 32, MinPixels = 100352, MaxPixels = 786432, TotalPixels = 90316800 }),
        ("smart:28:::20000000", new SmartSize { TotalPixels = 20000000 }),
    ];

    [TestCaseSource(nameof(Sizes))]
    public void Picture_sizes((string Text, PictureSize Size) pair) => Assert.That(PictureSizeParser.Read(pair.Text), Is.EqualTo(pair.Size));

    [TestCase("0x5")]
    [TestCase("1x2x3")]
    [TestCase("x")]
    [TestCase("40000")]
    [TestCase(" 5x5")]
    [TestCase("shorter:256")]
    [TestCase("smart:28:9:5")]
    [TestCase("smart:")]
    [TestCase("smart:28:x")]
    [TestCase("smart:28:1:2:0")]
    [TestCase("smart:28:1:2:3:4")]
    public void No_picture_sizes(string text) => Assert.That(() => PictureSizeParser.Read(text), Throws.TypeOf<FormatException>());

    [Test]
    public void Of_several_ways_of_choosing_frames_the_strongest_source_has_its_own()
    {
        _configuration = """{ "frames": 8 }""";
        Assert.That(FrameSettings.Read(Sources()), Is.EqualTo(new UniformFrames(8)));
        Assert.That(FrameSettings.Read(Sources("--fps", "2:6:100")), Is.EqualTo(new RateFrames(2) { MinFrames = 6, MaxFrames = 100 }));
        Assert.That(FrameSettings.Read(Sources("--fps", "2:6:100:4")), Is.EqualTo(new RateFrames(2) { MinFrames = 6, MaxFrames = 100, Factor = 4 }));
        Assert.That(FrameSettings.Read(Sources("--smart-frames", "16")), Is.EqualTo(new SmartFrames(16)));
        Assert.That(FrameSettings.Read(Sources("--smart-frames", "16:4")), Is.EqualTo(new SmartFrames(16) { Factor = 4 }));
        Assert.That(((IndexFrames)FrameSettings.Read(Sources("--indices", "0, 5,-1"))).Indices, Is.EqualTo(new[] { 0, 5, -1 }));
        Assert.That(FrameSettings.Read(Sources("--key-frames", "all")), Is.EqualTo(new KeyFrames()));
        Assert.That(FrameSettings.Read(Sources("--windows", "4:16")), Is.EqualTo(new WindowFrames(4, 16)));
        Assert.That(FrameSettings.Read(Sources("--windows", "4:16:7.5")), Is.EqualTo(new WindowFrames(4, 16) { PerSecond = 7.5 }));
        Assert.That(FrameSettings.Read(Sources("--windows", "4:16:pad")), Is.EqualTo(new WindowFrames(4, 16) { WhenShort = ShortClipPolicy.Pad }));
        Assert.That(AudioSettings.Read(Sources("--audio-windows", "2:1.5")).Windows, Is.EqualTo(new AudioWindows(2, 1.5)));
        Assert.That(
            AudioSettings.Read(Sources("--audio-windows", "2:1:Loop")).Windows,
            Is.EqualTo(new AudioWindows(2, 1) { WhenShort = ShortClipPolicy.Loop }));
        Assert.That(
            () => FrameSettings.Read(Sources("--times", "0,1.5", "--midpoint-frames", "4")),
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
            () => (AudioSettings.Read(Sources(option, value)), PictureSettings.ReadVideo(Sources(option, value))),
            Throws.TypeOf<UsageException>().With.Message.StartsWith(option));
    }

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
        string unsaid = AsJson(ReadSpecs(Sources()));
        foreach ((Setting setting, string value) in Said)
        {
            string byOption = AsJson(ReadSpecs(Sources(setting.OptionName, value)));
            _environment[setting.Variable!] = value;
            string byVariable = AsJson(ReadSpecs(Sources()));
            _environment.Clear();
            _configuration = $$"""{ "{{setting.Key}}": "{{value}}" }""";
            string byKey = AsJson(ReadSpecs(Sources()));
            _configuration = null;
            Assert.That(byOption, Is.Not.EqualTo(unsaid), setting.Name);
            Assert.That((byVariable, byKey), Is.EqualTo((byOption, byOption)), setting.Name);
        }
    }

    [Test]
    public void All_that_specs_and_limits_hold_can_be_said()
    {
        object[] unsaid = ReadSpecs(Sources());
        var sayable = Said.SelectMany(said => ReadSpecs(Sources(said.Setting.OptionName, said.Value)).Zip(unsaid))
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

    [Test]
    public void A_range_ends_after_a_duration_or_at_an_end()
    {
        SettingSources sources = Sources("--start", "0.1", "--end", "0.3");
        Assert.That((AudioSettings.Read(sources).StartSeconds, AudioSettings.Read(sources).DurationSeconds), Is.EqualTo((0.1, 0.2)));
        Assert.That((PictureSettings.ReadVideo(sources).StartSeconds, PictureSettings.ReadVideo(sources).EndSeconds), Is.EqualTo((0.1, 0.3)));
        Assert.That(PictureSettings.ReadVideo(Sources("--start", "0.7", "--duration", "0.1")).EndSeconds, Is.EqualTo(0.8), "not 0.7999999999999999");
        _configuration = """{ "duration": 9 }""";
        Assert.That(PictureSettings.ReadVideo(Sources("--end", "4")).EndSeconds, Is.EqualTo(4));
        Assert.That(
            () => AudioSettings.Read(Sources("--end", "4", "--duration", "4")),
            Throws.TypeOf<UsageException>().With.Message.EqualTo("--duration and --end both say where the range ends: give one or the other"));
        Assert.That(() => AudioSettings.Read(Sources("--start", "2", "--end", "2")), Throws.TypeOf<UsageException>().With.Message.Contains("--end is 2 s"));
    }

    [Test]
    public void A_range_holds_for_audio_and_video()
    {
        SettingSources sources = Sources("--start", "1.5", "--duration", "2");
        Assert.That((AudioSettings.Read(sources).StartSeconds, AudioSettings.Read(sources).DurationSeconds), Is.EqualTo((1.5, 2.0)));
        Assert.That((PictureSettings.ReadVideo(sources).StartSeconds, PictureSettings.ReadVideo(sources).EndSeconds), Is.EqualTo((1.5, 3.5)));
        Assert.That(PictureSettings.ReadVideo(Sources("--start", "1")).EndSeconds, Is.Null);
    }

    [Test]
    public void A_range_is_as_long_as_it_was_written([Values("0.043", "0.001", "1.1", "3.307")] string text) =>
        Assert.That(
            AudioSettings.Read(Sources("--duration", text)).DurationSeconds, Is.EqualTo(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)));

    [TestCase("1", 1)]
    [TestCase("3KiB", 3 << 10)]
    [TestCase("512 mib", 512L << 20)]
    [TestCase("2GiB", 2L << 30)]
    public void Byte_counts(string text, long bytes) => Assert.That(SettingTextParser.Bytes(text), Is.EqualTo(bytes));

    [TestCase("0")]
    [TestCase("2GB")]
    [TestCase("99999999999999GiB")]
    public void No_byte_counts(string text) => Assert.That(() => SettingTextParser.Bytes(text), Throws.TypeOf<FormatException>());

    [Test]
    public void Values_in_the_file_are_told_by_line()
    {
        _configuration = "{\n  \"workers\": \"two\"\n}";
        Assert.That(() => GuardSettings.Read(Sources()), Throws.TypeOf<UsageException>().With.Message.Contains(", line 2, workers: 'two' was given"));
    }

    [Test]
    public void The_shipped_configuration_is_valid()
    {
        _configuration = File.ReadAllText(Repository.PathOf("configs", "dry-run.json"));
        Assert.That(GuardSettings.Read(Sources()).StallLimit, Is.EqualTo(TimeSpan.FromSeconds(3)));
    }

    private SettingSources Sources(params string[] arguments)
    {
        SettingGroup[] groups =
            [RunSettings.Output, RunSettings.Rows, RunSettings.Manifest, RunSettings.Exclusion, .. GuardSettings.All, .. SpecSettingGroups.All];
        Setting[] settings = [.. groups.SelectMany(group => group.Settings)];
        var command = new Command("test");
        foreach (Setting setting in settings)
        {
            command.Add(setting.Option);
        }

        ConfigurationFile? file = null;
        if (_configuration is not null)
        {
            string path = Path.GetTempFileName();
            File.WriteAllText(path, _configuration);
            file = ConfigurationFile.Read(path, [.. settings.Select(setting => setting.Key!)]);
            File.Delete(path);
        }

        return new SettingSources(command.Parse(arguments), _environment.GetValueOrDefault, file);
    }
}
