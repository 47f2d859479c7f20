using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Media.Wire;

using NUnit.Framework;

namespace ClipGuard.Tests.Wire;

/// <summary>
/// The supervisor's side of the protocol is the serializer's, or the same by hand; a helper's is by hand. What one writes the other reads, member by member.
/// </summary>
public sealed class WireTests
{
    private static readonly DecodeLimits Limits = new()
    {
        MaxFramePixels = 1,
        MaxPayloadBytes = 2,
        MaxDuration = TimeSpan.FromMilliseconds(93_784_567.8),
        MaxFrames = 4,
        MaxDamagedFrames = 3,
        MaxDamagedAudioShare = 0.25,
        AllowedFormats = ["mp3", "wav"],
        AllowedCodecs = ["flac"],
    };

    private static readonly DecoderFault Fault = new(FaultKind.Corrupt, DecodeStage.Convert, "it says \"no\"\n");

    private static readonly RgbColor Color = new(1, 2, 3);

    public static IEnumerable<ClipSource> Sources =>
    [
        new FileSource("/data/a \"quoted\" ü 音.mp3"),
        new FileSource("/data/b.tar") { Offset = 1L << 40, Length = 77 },
        new FileListSource(["/data/1.jpg", "/data/2.jpg"]),
        new MemorySource(ReadOnlyMemory<byte>.Empty),
        new DescriptorSource("a \"b\".mp3", 1L << 33, 77),
    ];

    public static IEnumerable<OutputSize> Sizes =>
    [
        new OwnSize(),
        new ExactSize(64, 48),
        new ShorterSideSize(256, 224, 200),
        new SmartSize(),
        new SmartSize { Factor = 32, MinPixels = 4, MaxPixels = 1L << 33, TotalPixels = 9 },
    ];

    public static IEnumerable<FrameSelection> Selections =>
    [
        new UniformFrames(7),
        new MidpointFrames(8),
        new RateFrames(1.5) { MinFrames = 5, MaxFrames = 6, Factor = 3 },
        new SmartFrames(9),
        new SmartFrames(9) { Factor = 3 },
        new IndexFrames([0, -1, 5, 5]),
        new TimeFrames([0.1, 2]),
        new KeyFrames(),
        new KeyFrames { Max = 3 },
        new WindowFrames(4, 16),
        new WindowFrames(2, 8) { PerSecond = 12.5, Positions = [0.25, 1.0 / 3], WhenShort = ShortClipPolicy.Loop, AtRandom = true },
    ];

    public static IEnumerable<ClipSpec> Specs =>
    [
        new AudioSpec(),
        new AudioSpec
        {
            SampleRateHz = 44_100,
            Channels = AudioChannels.All,
            StartSeconds = 0.5,
            DurationSeconds = 1.0 / 3,
            Track = 2,
            Resampler = AudioResampler.Soxr,
            Decoder = "ClipGuard.NAudio",
        },
        new AudioSpec { Windows = new AudioWindows(3, 0.1) },
        new AudioSpec { Windows = new AudioWindows(2, 0.5) { Positions = [0, 2.0 / 3], WhenShort = ShortClipPolicy.Pad, AtRandom = true } },
        new ImageSpec(),
        .. Sizes.Select(size => new ImageSpec
        {
            Size = size,
            Layout = PixelLayout.ChannelsFirst,
            Colors = PixelColors.Gray,
            Filter = ScaleFilter.AntialiasedBicubic,
            Background = Color,
            JpegScale = JpegScale.Fast,
        }),
        new VideoSpec(),
        .. Selections.Select(selection => new VideoSpec
        {
            Size = new OwnSize(),
            Layout = PixelLayout.ChannelsFirst,
            Colors = PixelColors.Gray,
            Filter = ScaleFilter.Area,
            Background = Color,
            Selection = selection,
            StartSeconds = 0.5,
            EndSeconds = 9.25,
            Track = 1,
        }),
        new InspectSpec(),
        new InspectSpec { CountFrames = false },
    ];

    private static IEnumerable<HelperMessage> Said =>
    [
        new ReadyMessage(2, "ClipGuard.Helper 1.0", "FFmpeg 5.1", SandboxLevel.Strict),
        new ReadyMessage(2, "other 1.0", "decord 0.6", SandboxLevel.Off)
        {
            Kinds = ["video", "image"],
            Libraries = new Dictionary<string, string> { ["decord"] = "0.6", ["ffmpeg \"n\""] = "4.1" },
            Profile = HelperSandboxProfile.Program,
            Limits = new ReportedHelperLimits { MemoryBytes = 1L << 33, StartsPrograms = true },
            Forks = true,
            KnownClips = true,
            Windows = true,
        },
        new UnreadyMessage(UnreadyReason.DecoderMissing, "apt-get install …"),
        new ReplyMessage(9) { Fault = Fault },
        new ReplyMessage(10) { Fault = new DecoderFault(FaultKind.Missing, DecodeStage.Open, "not for you") { Storage = StorageError.Denied } },
        new ReplyMessage(10) { Fault = new DecoderFault(FaultKind.Corrupt, DecodeStage.Open, "empty") { BeforeDecoding = true } },
        new ReplyMessage(10)
        {
            Clip = new DecodedClip(ElementType.UInt8, [2, 3, 4, 3])
            {
                SampleRateHz = 5,
                WindowStartsSeconds = [0, 1.0 / 3],
                InterlacedFrameCount = 6,
                Damage = new DamageReport
                {
                    ConcealedFrameCount = 1,
                    CorruptFrameCount = 2,
                    RefusedPacketCount = 3,
                    MissingFrameCount = 4,
                    MissingSampleCount = 5,
                    RepeatedFrameCount = 6,
                    DamagedWantedFrameCount = 7,
                    FirstAt = TimeSpan.FromTicks(1_234_567),
                },
            },
            FrameTimes = 2,
        },
        FailedMessage.Of(11, new InvalidOperationException("it says \"no\"\nü")),
        new StreamOpenedMessage(3, new ClipShape
        {
            Video = new VideoShape(640, 480, ChromaSampling.Yuv422, 10) { FullRange = true, Rate = new FrameRate(30_000, 1001) },
            Audio = new AudioShape(48_000, 6),
        }),
        new StreamWrittenMessage(4) { Frames = 5, Bytes = 1L << 33, ReaderLeft = true, Fault = Fault },
        new ToolStartedMessage(1234),
        new ToolNotStartedMessage("no such program"),
        new ToolExitedMessage(256) { LeftBehind = 2, CpuSeconds = 0.75, PeakMemoryBytes = 1L << 34 },
    ];

    private static IEnumerable<StreamCommand> Orders =>
    [
        .. Sources.Select(source => new OpenStreamCommand(1, source, ClipKind.Audio, "/run/pipe")
        {
            AsFile = true,
            Limits = Limits,
            DecoderThreads = 3,
            InputLength = 12,
        }),
        new WriteStreamCommand(2, new AudioFormat(new AudioShape(16_000, 2), AudioSampleType.Float32)),
        new WriteStreamCommand(2, new VideoFormat(
            new VideoShape(64, 48, ChromaSampling.Yuv444, 12) { FullRange = true, Rate = new FrameRate(25, 1) },
            VideoStreamFraming.Raw,
            ScalingFilter.Lanczos)),
        new CloseStreamCommand(3),
    ];

    private static IEnumerable<GuardianCommand> GuardianOrders =>
        [new HoldFolderCommand("/run/group"), new RunToolCommand("/usr/bin/ffmpeg", ["ffmpeg", "-i", "a b", ""])];

    [Test]
    public void A_helper_reads_each_spec_as_it_was_written([ValueSource(nameof(Specs))] ClipSpec spec) =>
        AssertReads(new DecodeMessage(7, new DecodeRequest(new FileSource("/a"), spec)));

    [Test]
    public void A_helper_reads_each_source_with_every_limit([ValueSource(nameof(Sources))] ClipSource source) =>
        AssertReads(new DecodeMessage(7, new DecodeRequest(source, new AudioSpec()) { Limits = Limits, DecoderThreads = 4 })
        {
            InputLength = 5,
            OutputOffset = 4096,
            OutputCapacity = 1L << 32,
            TimeLeftMilliseconds = 1234.5,
        });

    [Test]
    public void A_helper_reads_a_path_of_any_characters() =>
        AssertReads(new DecodeMessage(7, new DecodeRequest(new FileSource("/a \\ and\ta line\n\u0001\u007f\u2028 <&'+> \U0001F3B5.mp3"), new AudioSpec())));

    [Test]
    public void A_helper_reads_each_order_to_write_a_stream([ValueSource(nameof(Orders))] object order)
    {
        byte[] datagram = JsonSerializer.SerializeToUtf8Bytes((StreamCommand)order, WireJson.Default.StreamCommand);

        Assert.That(AsJson(SupervisorMessageReader.Stream(datagram), WireJson.Default.StreamCommand), Is.EqualTo(Encoding.UTF8.GetString(datagram)));
    }

    [Test]
    public void A_guardian_reads_its_orders([ValueSource(nameof(GuardianOrders))] object order)
    {
        byte[] datagram = JsonSerializer.SerializeToUtf8Bytes((GuardianCommand)order, WireJson.Default.GuardianCommand);

        Assert.That(AsJson(SupervisorMessageReader.Guardian(datagram), WireJson.Default.GuardianCommand), Is.EqualTo(Encoding.UTF8.GetString(datagram)));
    }

    [Test]
    public void A_supervisor_reads_what_a_helper_says([ValueSource(nameof(Said))] object said)
    {
        var datagram = new ArrayBufferWriter<byte>();
        HelperMessageWriter.Write(datagram, (HelperMessage)said);

        HelperMessage? read = JsonSerializer.Deserialize(datagram.WrittenSpan, WireJson.Default.HelperMessage);

        Assert.That(AsJson(read!, WireJson.Default.HelperMessage), Is.EqualTo(AsJson((HelperMessage)said, WireJson.Default.HelperMessage)));
        HelperMessage? byHand = HelperMessageReader.Read(datagram.WrittenSpan);
        Assert.That(AsJson(byHand!, WireJson.Default.HelperMessage), Is.EqualTo(AsJson((HelperMessage)said, WireJson.Default.HelperMessage)));
    }

    [TestCase("""{"type":"reply","id":"one"}""")]
    [TestCase("""{"type":"reply","id":99999999999999999999}""")]
    [TestCase("""{"type":"reply","id":1,"clip":{"element":"Float64","shape":[1]}}""")]
    [TestCase("""{"type":"reply","id":1,"clip":{"element":"Float32","shape":[1.5]}}""")]
    [TestCase("""{"type":"reply","id":1,"clip":[]}""")]
    [TestCase("""{"type":"reply","id":1,"clip":{"shape":[1],"damage":{"firstAtSeconds":1e300}}}""")]
    [TestCase("""{"type":"reply","id":1} 2""")]
    [TestCase("""{"type":"answer","id":1}""")]
    [TestCase("""{"id":1}""")]
    [TestCase("[1]")]
    [TestCase("")]
    public void What_is_no_message_throws_as_the_serializer_does(string json)
    {
        byte[] datagram = Encoding.UTF8.GetBytes(json);
        Assert.That(
            () => JsonSerializer.Deserialize(datagram, WireJson.Default.HelperMessage),
            Throws.InstanceOf<JsonException>().Or.InstanceOf<NotSupportedException>());
        Assert.That(() => HelperMessageReader.Read(datagram), Throws.InstanceOf<JsonException>().Or.InstanceOf<NotSupportedException>());
    }

    [Test]
    public void What_was_thrown_fits_into_a_datagram_however_long_it_is()
    {
        // A pair of surrogates lies across each place where texts are cut, and every character is one that JSON escapes.
        string pairs = string.Concat(Enumerable.Repeat("\U0001F3B5", 100_000));
        var datagram = new ArrayBufferWriter<byte>();
        HelperMessageWriter.Write(datagram, FailedMessage.Of(1, new InvalidOperationException(pairs)));
        HelperMessageWriter.Write(datagram, FailedMessage.Of(1, new InvalidOperationException("x" + pairs)));

        Assert.That(datagram.WrittenCount, Is.LessThan(2 * WireProtocol.MaxMessageBytes));
    }

    [TestCase("""{"id":1,"request":{"source":{"from":"file","path":"/a"},"spec":{"as":"audio"}},"new":{"a":[1]}}""")]
    [TestCase("""{"request":{"spec":{"brightness":3,"as":"audio","track":null},"source":{"path":"/a","from":"file"}},"id":1}""")]
    public void Unknown_members_and_any_order_are_read_and_what_is_absent_has_its_default(string json)
    {
        DecodeMessage message = SupervisorMessageReader.Decode(Encoding.UTF8.GetBytes(json));

        Assert.That(message.Request, Is.EqualTo(new DecodeRequest(new FileSource("/a"), new AudioSpec())));
    }

    [TestCase("""{"id":1}""", "request is missing")]
    [TestCase("""{"request":{"source":{"from":"file","path":"/a"},"spec":{"as":"smell"}}}""", "\"smell\" is no spec")]
    [TestCase("""{"request":{"source":{"from":"file","path":"/a"},"spec":{"as":"audio","channels":"Left"}}}""", "\"Left\", which is no AudioChannels")]
    public void What_cannot_be_understood_says_what_it_is(string json, string expected) =>
        Assert.That(() => SupervisorMessageReader.Decode(Encoding.UTF8.GetBytes(json)), Throws.InstanceOf<JsonException>().With.Message.Contains(expected));

    [Test]
    public void The_examples_above_leave_no_member_at_its_default()
    {
        object[] examples = [.. Specs, .. Sources, .. Sizes, .. Selections, Limits, .. Said, .. Orders, .. GuardianOrders];
        var forgotten = examples.GroupBy(example => example.GetType()).SelectMany(type => type.Key.GetProperties()
            .Where(property => property.SetMethod is not null && property.GetCustomAttribute<JsonIgnoreAttribute>() is null)
            .Where(property => type.Select(property.GetValue).All(value => value is null || value.Equals(Default(type.Key, property))))
            .Select(property => $"{type.Key.Name}.{property.Name}"));

        Assert.That(forgotten, Is.Empty);
    }

    [TestCase(16, 24, ExpectedResult = true)]
    [TestCase(16, 31, ExpectedResult = true)]
    [TestCase(17, 24, ExpectedResult = false)]
    [TestCase(17, 32, ExpectedResult = true)]
    public unsafe bool Times_lie_behind_the_payload_at_the_next_multiple_of_8(int payloadBytes, int capacity)
    {
        long* memory = stackalloc long[4];
        if (!FrameTimesBlock.TryWrite((byte*)memory, payloadBytes, capacity, [1.0 / 3]))
        {
            return false;
        }

        Assert.That(((double*)memory)[payloadBytes > 16 ? 3 : 2], Is.EqualTo(1.0 / 3));
        Assert.That(FrameTimesBlock.Read((byte*)memory, payloadBytes, 1), Is.EqualTo(new[] { 1.0 / 3 }));
        return FrameTimesBlock.End(payloadBytes, 1) <= capacity;
    }

    [Test]
    public void Without_times_nothing_lies_behind_the_payload() => Assert.That(FrameTimesBlock.End(17, 0), Is.EqualTo(17));

    // What a member is where nobody has set it; null where the type has no constructor without parameters.
    private static object? Default(Type type, PropertyInfo property) =>
        type.GetConstructor(Type.EmptyTypes) is null ? null : property.GetValue(Activator.CreateInstance(type));

    private static void AssertReads(DecodeMessage message)
    {
        byte[] datagram = JsonSerializer.SerializeToUtf8Bytes(message, WireJson.Default.DecodeMessage);

        Assert.That(AsJson(SupervisorMessageReader.Decode(datagram), WireJson.Default.DecodeMessage), Is.EqualTo(Encoding.UTF8.GetString(datagram)));
        foreach (DecodeMessage also in new[] { message, message with { Request = message.Request with { Limits = new DecodeLimits() } } })
        {
            byte[] written = SupervisorMessageWriter.Decode(also);
            var byHand = JsonNode.Parse(written);
            Assert.That(JsonNode.DeepEquals(byHand, JsonSerializer.SerializeToNode(also, WireJson.Default.DecodeMessage)), Is.True, byHand!.ToJsonString());
            DecodeMessage read = SupervisorMessageReader.Decode(written);
            Assert.That(AsJson(read, WireJson.Default.DecodeMessage), Is.EqualTo(AsJson(also, WireJson.Default.DecodeMessage)));
        }
    }

    private static string AsJson<T>(T message, JsonTypeInfo<T> kind) => JsonSerializer.Serialize(message, kind);
}
