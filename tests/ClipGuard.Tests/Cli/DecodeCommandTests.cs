using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Tests.Media;
using ClipGuard.Tests.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Cli;

[CancelAfter(60_000)]
public sealed class DecodeCommandTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-decode-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("good/tone.wav", "tone.npy", "", "float32 [1, 24000] at 16000 Hz")]
    [TestCase("good/tone.wav", "tone.wav", "--audio-rate native --start 0.5 --duration 0.25", "float32 [1, 2000] at 8000 Hz")]
    [TestCase("good/tone.mp3", "tone.npy", "--channels all --audio-rate native", "float32 [2, 88200] at 44100 Hz")]
    [TestCase("good/h264.mp4", "sound.npy", "--as audio", "float32 [1, 32")]
    [TestCase("good/h264.mp4", "frames.npy", "", "uint8 [16, 224, 224, 3]")]
    [TestCase("good/h264.mp4", "sheet.png", "--indices 0,5,-1 --size own", "uint8 [3, 144, 192, 3]")]
    [TestCase("good/h264.mp4", "frames.npy", "--fps 2 --layout chw --size 32", "uint8 [4, 3, 32, 32]")]
    [TestCase("good/alpha.png", "alpha.png", "", "uint8 [128, 128, 3]")]
    [TestCase("good/exif-orientation.jpg", "upright.npy", "--colors gray --size 60x80", "uint8 [80, 60, 1]")]
    public void A_clip_is_written_as_training_would_get_it(string clip, string output, string options, string shape)
    {
        string path = Path.Combine(_folder, output);

        CommandRun run = PublishedCommand.Run(["decode", Sample(clip), "--out", path, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, string.Empty)));
        Assert.That(run.Output, Does.StartWith($"{path}: {shape}"));
        Assert.That(new FileInfo(path).Length, Is.GreaterThan(500));
    }

    private static IEnumerable<TestCaseData> Written =>
    [
        new("good/tone.wav", "--audio-rate native --start 0.5", new AudioSpec { SampleRateHz = AudioSpec.NativeRate, StartSeconds = 0.5 }),
        new("good/tone.mp3", "--channels all", new AudioSpec { Channels = AudioChannels.All }),
        new("good/h264.mp4", "--indices 0,7,-1 --size own", new VideoSpec { Selection = new IndexFrames([0, 7, -1]), Size = new OwnSize() }),
        new("good/alpha.png", "--layout chw", new ImageSpec { Layout = PixelLayout.ChannelsFirst }),
    ];

    [TestCaseSource(nameof(Written))]
    public void What_is_written_is_what_a_decode_gives(string clip, string options, ClipSpec spec)
    {
        string path = Path.Combine(_folder, "clip.npy");
        Assert.That(PublishedCommand.Run(["decode", Sample(clip), "--out", path, .. options.Split(' ')]).ExitCode, Is.Zero);

        using DirectDecode decode = DirectDecode.Of(Sample(clip), spec);
        byte[] written = File.ReadAllBytes(path);
        int header = 10 + BitConverter.ToUInt16(written, 8);
        Assert.That(written.AsSpan(header).SequenceEqual(decode.Bytes));
    }

    [Test]
    public async Task An_address_is_fetched_only_where_that_is_allowed()
    {
        await using var server = new LoopbackServer(LoopbackServer.Answer("200 OK", Wave.Ramp(16_000, 4000)));
        string path = Path.Combine(_folder, "fetched.npy");
        string[] arguments = ["decode", server.Address.ToString(), "--out", path];
        var direct = new Dictionary<string, string?> { ["no_proxy"] = "127.0.0.1" };

        CommandRun refused = PublishedCommand.Run(direct, arguments);
        Assert.That((refused.ExitCode, server.Asked), Is.EqualTo((2, 0)));
        Assert.That(refused.Error, Does.Contain("--allow-http"));

        CommandRun allowed = PublishedCommand.Run(direct, [.. arguments, "--allow-http"]);
        Assert.That((allowed.ExitCode, allowed.Error), Is.EqualTo((0, string.Empty)));
        Assert.That(allowed.Output, Does.StartWith($"{path}: float32 [1, 4000] at 16000 Hz"));
    }

    [Test]
    public void Other_programs_can_read_what_was_written()
    {
        string wav = Path.Combine(_folder, "a.wav");
        string png = Path.Combine(_folder, "a.png");
        Assert.That(PublishedCommand.Run("decode", Sample("good/tone.mp3"), "--out", wav, "--channels", "all", "--audio-rate", "native").ExitCode, Is.Zero);
        Assert.That(PublishedCommand.Run("decode", Sample("good/vp9.webm"), "--out", png, "--frames", "5", "--size", "40x30").ExitCode, Is.Zero);

        FfmpegProgram.Run(string.Create(CultureInfo.InvariantCulture, $"-i \"{wav}\" -f s16le \"{wav}.raw\""));
        FfmpegProgram.Run(string.Create(CultureInfo.InvariantCulture, $"-i \"{png}\" -f rawvideo -pix_fmt rgb24 \"{png}.raw\""));
        Assert.That(new FileInfo(wav + ".raw").Length, Is.EqualTo(88_200 * 2 * 2));
        Assert.That(new FileInfo(png + ".raw").Length, Is.EqualTo(((3 * 44) - 4) * ((2 * 34) - 4) * 3));
    }

    [TestCase("bad/empty.wav", "a.npy", 1, "is Corrupt in open: The clip is empty")]
    [TestCase("bad/missing.mp4", "a.npy", 1, "is Missing")]
    [TestCase("good/tone.wav", "a.txt", 2, "must end in .npy, .wav, .png")]
    [TestCase("good/alpha.png", "a.xyz", 2, "must end in")]
    [TestCase("README.md", "a.npy", 2, "give --as audio")]
    [TestCase("good/tone.wav", "no/such/folder/a.npy", 2, "cannot write")]
    public void What_cannot_be_done_is_said(string clip, string output, int exitCode, string complaint)
    {
        CommandRun run = PublishedCommand.Run("decode", Sample(clip), "--out", Path.Combine(_folder, output));

        Assert.That(run.ExitCode, Is.EqualTo(exitCode), run.Error);
        Assert.That(run.Error, Does.StartWith("clipguard: ").And.Contain(complaint));
        Assert.That(Directory.EnumerateFiles(_folder), Is.Empty);
    }

    private static string Sample(string clip) => Path.Combine(Path.GetDirectoryName(PublishedCommand.SampleManifest)!, clip);
}
