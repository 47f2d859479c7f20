using System.CommandLine;

using ClipGuard.Cli;
using ClipGuard.Cli.Settings;
using ClipGuard.Media;
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
    public void Fetching_is_off_and_follows_ms_swifts_variable()
    {
        Assert.That(RunSettings.ReadManifest(Sources()).AllowHttp, Is.False);
        _environment["SWIFT_TIMEOUT"] = "5";
        Assert.That(GuardSettings.Read(Sources()).Fetching.WaitLimit, Is.EqualTo(TimeSpan.FromSeconds(5)));
        _environment["SWIFT_TIMEOUT"] = "-1";
        Assert.That(GuardSettings.Read(Sources()).Fetching.WaitLimit, Is.GreaterThan(TimeSpan.FromDays(1)));
        Assert.That(GuardSettings.Read(Sources("--http-timeout", "7", "--max-http-bytes", "1MiB")).Fetching, Is.EqualTo(new FetchOptions { WaitLimit = TimeSpan.FromSeconds(7), MaxBytes = 1 << 20 }));
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
    ];

    [TestCaseSource(nameof(Sizes))]
    public void Picture_sizes((string Text, PictureSize Size) pair) => Assert.That(PictureSizeText.Read(pair.Text), Is.EqualTo(pair.Size));

    [TestCase("0x5")]
    [TestCase("1x2x3")]
    [TestCase("x")]
    [TestCase("40000")]
    [TestCase(" 5x5")]
    [TestCase("shorter:256")]
    [TestCase("smart:28:9:5")]
    public void No_picture_sizes(string text) => Assert.That(() => PictureSizeText.Read(text), Throws.TypeOf<FormatException>());

    [Test]
    public void Of_several_ways_of_choosing_frames_the_strongest_source_has_its_own()
    {
        _configuration = """{ "frames": 8 }""";
        Assert.That(FrameSettings.Read(Sources()), Is.EqualTo(new UniformFrames(8)));
        Assert.That(FrameSettings.Read(Sources("--fps", "2:6:100")), Is.EqualTo(new RateFrames(2) { MinFrames = 6, MaxFrames = 100 }));
        Assert.That(((IndexFrames)FrameSettings.Read(Sources("--indices", "0, 5,-1"))).Indices, Is.EqualTo(new[] { 0, 5, -1 }));
        Assert.That(FrameSettings.Read(Sources("--key-frames", "all")), Is.EqualTo(new KeyFrames()));
        Assert.That(
            () => FrameSettings.Read(Sources("--times", "0,1.5", "--midpoint-frames", "4")),
            Throws.TypeOf<UsageException>().With.Message.Contains("--midpoint-frames and --times are two ways"));
    }

    [Test]
    public void A_stretch_holds_for_audio_and_video()
    {
        SettingSources sources = Sources("--start", "1.5", "--duration", "2");
        Assert.That((AudioSettings.Read(sources).StartSeconds, AudioSettings.Read(sources).DurationSeconds), Is.EqualTo((1.5, 2.0)));
        Assert.That((PictureSettings.ReadVideo(sources).StartSeconds, PictureSettings.ReadVideo(sources).EndSeconds), Is.EqualTo((1.5, 3.5)));
        Assert.That(PictureSettings.ReadVideo(Sources("--start", "1")).EndSeconds, Is.Null);
    }

    [Test]
    public void A_stretch_is_as_long_as_it_was_written([Values("0.043", "0.001", "1.1", "3.307")] string text) =>
        Assert.That(AudioSettings.Read(Sources("--duration", text)).DurationSeconds, Is.EqualTo(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)));

    [TestCase("1", 1)]
    [TestCase("3KiB", 3 << 10)]
    [TestCase("512 mib", 512L << 20)]
    [TestCase("2GiB", 2L << 30)]
    public void Byte_counts(string text, long bytes) => Assert.That(ValueText.Bytes(text), Is.EqualTo(bytes));

    [TestCase("0")]
    [TestCase("2GB")]
    [TestCase("99999999999999GiB")]
    public void No_byte_counts(string text) => Assert.That(() => ValueText.Bytes(text), Throws.TypeOf<FormatException>());

    [Test]
    public void Values_in_the_file_are_told_by_line()
    {
        _configuration = "{\n  \"workers\": \"two\"\n}";
        Assert.That(() => GuardSettings.Read(Sources()), Throws.TypeOf<UsageException>().With.Message.Contains(", line 2, workers: 'two' was given"));
    }

    [Test]
    public void The_shipped_configuration_is_valid()
    {
        _configuration = File.ReadAllText(Path.Combine(PublishedCommand.Repository, "configs", "dry-run.json"));
        Assert.That(GuardSettings.Read(Sources()).StallLimit, Is.EqualTo(TimeSpan.FromSeconds(3)));
    }

    private SettingSources Sources(params string[] arguments)
    {
        Setting[] settings = [.. RunSettings.All, .. GuardSettings.All, .. SpecSettings.All];
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
            file = ConfigurationFile.Read(path, [.. settings.Select(setting => setting.Key)]);
            File.Delete(path);
        }

        return new SettingSources(command.Parse(arguments), _environment.GetValueOrDefault, file);
    }
}
