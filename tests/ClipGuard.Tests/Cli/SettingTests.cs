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
    private GivenSettings _said = new();

    [SetUp]
    public void Forget() => _said = new GivenSettings();

    [Test]
    public void A_setting_is_an_option_a_variable_and_a_key()
    {
        Assert.That(
            (AudioSettings.Rate.OptionName, AudioSettings.Rate.Variable, AudioSettings.Rate.Key),
            Is.EqualTo(("--audio-rate", "CLIPGUARD_AUDIO_RATE", "audioRate")));
    }

    [Test]
    public void Without_a_word_the_defaults_hold() =>
        Assert.That(GuardSettings.Read(_said.With()), Is.EqualTo(new SupervisorOptions()).UsingPropertiesComparer());

    [Test]
    public void The_command_line_is_over_the_environment_and_that_over_the_file()
    {
        _said.Configuration = """{ "timeout": 5 }""";
        Assert.That(GuardSettings.Read(_said.With()).Deadline, Is.EqualTo(TimeSpan.FromSeconds(5)));

        _said.Environment["MEDIA_DECODE_TIMEOUT"] = "6.5";
        Assert.That(GuardSettings.Read(_said.With()).Deadline, Is.EqualTo(TimeSpan.FromSeconds(6.5)));

        _said.Environment["CLIPGUARD_TIMEOUT"] = "7";
        Assert.That(GuardSettings.Read(_said.With()).Deadline, Is.EqualTo(TimeSpan.FromSeconds(7)));
        Assert.That(GuardSettings.Read(_said.With("--timeout", "8")).Deadline, Is.EqualTo(TimeSpan.FromSeconds(8)));
    }

    [Test]
    public void A_list_has_each_value_of_the_command_line_or_those_between_colons()
    {
        Assert.That(_said.With().Get(ManifestSettings.Exclude, []), Is.Empty);
        _said.Environment["CLIPGUARD_EXCLUDE"] = "/a:/b";
        Assert.That(_said.With().Get(ManifestSettings.Exclude, []), Is.EqualTo(new[] { "/a", "/b" }));
        Assert.That(_said.With("--exclude", "/x:y", "--exclude", "/z").Get(ManifestSettings.Exclude, []), Is.EqualTo(new[] { "/x:y", "/z" }));
        Assert.That(_said.With("--exclude", "/x").Get(ManifestSettings.Exclude, []), Is.EqualTo(new[] { "/x" }));
    }

    [Test]
    public void Fetching_is_off_and_follows_ms_swifts_variable()
    {
        Assert.That(ManifestSettings.ReadManifest(_said.With(), new FetchOptions()).AllowHttp, Is.False);
        _said.Environment["SWIFT_TIMEOUT"] = "5";
        Assert.That(GuardSettings.Read(_said.With()).Fetching.WaitLimit, Is.EqualTo(TimeSpan.FromSeconds(5)));
        _said.Environment["SWIFT_TIMEOUT"] = "-1";
        Assert.That(GuardSettings.Read(_said.With()).Fetching.WaitLimit, Is.GreaterThan(TimeSpan.FromDays(1)));
        Assert.That(
            GuardSettings.Read(_said.With("--http-timeout", "7", "--max-http-bytes", "1MiB")).Fetching,
            Is.EqualTo(new FetchOptions { WaitLimit = TimeSpan.FromSeconds(7), MaxBytes = 1 << 20 }));
    }

    [Test]
    public void Headers_come_from_options_or_from_the_lines_of_a_variable_and_are_not_shown()
    {
        _said.Environment["CLIPGUARD_HTTP_HEADER"] = "Authorization: Bearer secret\n\nX-Other:  1 ";
        IReadOnlyList<HttpHeader> headers = GuardSettings.Read(_said.With()).Fetching.HttpHeaders;
        Assert.That(headers.Select(static header => $"{header.Name}={header.Value}"), Is.EqualTo(new[] { "Authorization=Bearer secret", "X-Other=1" }));
        Assert.That($"{headers[0]} {GuardSettings.Read(_said.With())}", Does.Not.Contain("secret"));

        headers = GuardSettings.Read(_said.With("--http-header", "A: b", "--http-header=C: d")).Fetching.HttpHeaders;
        Assert.That(headers.Select(static header => $"{header.Name}={header.Value}"), Is.EqualTo(new[] { "A=b", "C=d" }));
    }

    [TestCase("secret", "a header (not shown) was given without a name and a colon, expected 'Name: value'")]
    [TestCase("A B: secret", "a header (not shown) has a name that no request may have")]
    [TestCase("A: secret\u00e4", "the value of the header A (not shown) has characters that no header may have")]
    [TestCase("Host: secret", "the header Host cannot be set")]
    public void What_is_no_header_is_refused_without_being_shown(string header, string message) => Assert.That(
        () => GuardSettings.Read(_said.With("--http-header", header)),
        Throws.InstanceOf<UsageException>().With.Message.EqualTo($"--http-header: {message}"));

    [Test]
    public void An_object_store_is_asked_only_where_its_addresses_are_allowed_or_named()
    {
        bool IsAsked(string? named, params string[] said) => GuardSettings.Read(_said.With(said), named).Fetching.Fetchers.Count == 1;

        Assert.That((IsAsked(null), IsAsked("m.jsonl"), IsAsked("https://s3/m.jsonl")), Is.EqualTo((false, false, false)));
        Assert.That((IsAsked("s3://b/m.jsonl"), IsAsked("m.jsonl", "--allow-s3"), IsAsked("m", "--root", "s3://b/r")), Is.EqualTo((true, true, true)));
        Assert.That(
            FetchSettings.Store.Read(_said.With("--s3-endpoint", "http://127.0.0.1:9000", "--s3-region", "eu", "--s3-path-style=false", "--s3-anonymous")),
            Is.EqualTo(new S3Options { Endpoint = new Uri("http://127.0.0.1:9000"), Region = "eu", PathStyle = false, Anonymous = true }));
        Assert.That(
            () => FetchSettings.Store.Read(_said.With("--s3-endpoint", "http://me:secret@h")),
            Throws.InstanceOf<UsageException>().With.Message.Not.Contain("secret"));
    }

    [TestCase("0")]
    [TestCase("0.0")]
    public void A_timeout_of_0_decodes_in_this_process(string zero)
    {
        _said.Environment["MEDIA_DECODE_TIMEOUT"] = zero;
        Assert.That(GuardSettings.Read(_said.With()).Isolation, Is.EqualTo(IsolationMode.InProcess));
        Assert.That(GuardSettings.Read(_said.With("--timeout", "1")).Isolation, Is.EqualTo(IsolationMode.Pooled));
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
        _said.Environment["MEDIA_DECODE_TIMEOUT"] = text;
        Assert.That(() => GuardSettings.Read(_said.With()), Throws.TypeOf<UsageException>().With.Message.StartsWith("MEDIA_DECODE_TIMEOUT: "));
    }

    [TestCase("true", true)]
    [TestCase("False", false)]
    public void A_flag_can_be_given_anywhere(string text, bool expected)
    {
        _said.Environment["CLIPGUARD_FRESH"] = text;
        Assert.That(_said.With().Get(OutputSettings.Fresh, !expected), Is.EqualTo(expected));
        Assert.That(_said.With("--fresh").Get(OutputSettings.Fresh, false), Is.True);
    }

    private static readonly (string Text, OutputSize Size)[] Sizes =
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
    public void Picture_sizes((string Text, OutputSize Size) pair) => Assert.That(OutputSizeParser.Read(pair.Text), Is.EqualTo(pair.Size));

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
    public void No_picture_sizes(string text) => Assert.That(() => OutputSizeParser.Read(text), Throws.TypeOf<FormatException>());

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
        _said.Configuration = "{\n  \"workers\": \"two\"\n}";
        Assert.That(() => GuardSettings.Read(_said.With()), Throws.TypeOf<UsageException>().With.Message.Contains(", line 2, workers: 'two' was given"));
    }

    [Test]
    public void The_shipped_configuration_is_valid()
    {
        _said.Configuration = File.ReadAllText(Repository.PathOf("configs", "dry-run.json"));
        Assert.That(GuardSettings.Read(_said.With()).StallLimit, Is.EqualTo(TimeSpan.FromSeconds(3)));
    }
}
