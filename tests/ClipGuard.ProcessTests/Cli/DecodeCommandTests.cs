using System.Runtime.InteropServices;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Cli;

[Parallelizable]
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
    public void A_wav_file_that_was_written_holds_the_samples_for_other_programs()
    {
        string wav = Path.Combine(_folder, "a.wav");
        Assert.That(PublishedCommand.Run("decode", Sample("good/tone.mp3"), "--out", wav, "--channels", "all", "--audio-rate", "native").ExitCode, Is.Zero);

        using DirectDecode decode = DirectDecode.Of(
            Sample("good/tone.mp3"), new AudioSpec { Channels = AudioChannels.All, SampleRateHz = AudioSpec.NativeRate });
        float[] read = MemoryMarshal.Cast<byte, float>(FfmpegProgram.Run($"-i \"{wav}\" -f f32le -")).ToArray();
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 2, read.Length / 2 }));
        Assert.That(decode.Samples.SequenceEqual([.. read.Where((_, i) => i % 2 == 0), .. read.Where((_, i) => i % 2 == 1)]));
    }

    [Test]
    public void A_contact_sheet_that_was_written_holds_the_frames_for_other_programs()
    {
        const int Width = 40, Height = 30, Gap = 4, Across = 3, Down = 2;
        string png = Path.Combine(_folder, "a.png");
        Assert.That(PublishedCommand.Run("decode", Sample("good/vp9.webm"), "--out", png, "--frames", "5", "--size", "40x30").ExitCode, Is.Zero);

        using DirectDecode decode = DirectDecode.Of(
            Sample("good/vp9.webm"), new VideoSpec { Selection = new UniformFrames(5), Size = new ExactSize(Width, Height) });
        byte[] read = FfmpegProgram.Run($"-i \"{png}\" -f rawvideo -pix_fmt rgb24 -");
        int rowBytes = ((Across * (Width + Gap)) - Gap) * 3;
        byte[] sheet = [.. Enumerable.Repeat((byte)255, rowBytes * ((Down * (Height + Gap)) - Gap))];
        for (int frame = 0; frame < 5; frame++)
        {
            for (int row = 0; row < Height; row++)
            {
                decode.Bytes.Slice(((frame * Height) + row) * Width * 3, Width * 3)
                    .CopyTo(sheet.AsSpan((((frame / Across * (Height + Gap)) + row) * rowBytes) + (frame % Across * (Width + Gap) * 3)));
            }
        }

        Assert.That(read, Is.EqualTo(sheet));
    }

    [TestCase("good/tone.flac", "--audio-rate native --channels all", "<f4", "-f f32le")]
    [TestCase("good/h264.mp4", "--indices 0,5,49 --size own", "|u1",
        "-vf select=eq(n\\,0)+eq(n\\,5)+eq(n\\,49),scale=flags=bicubic+accurate_rnd+full_chroma_int -fps_mode passthrough -pix_fmt rgb24 -f rawvideo")]
    [TestCase("good/picture.webp", "", "|u1", "-vf scale=flags=bicubic+accurate_rnd+full_chroma_int -pix_fmt rgb24 -f rawvideo")]
    public void NumPy_reads_what_ffmpeg_decodes(string clip, string options, string type, string asRaw)
    {
        string path = Path.Combine(_folder, "clip.npy");
        Assert.That(
            PublishedCommand.Run(["decode", Sample(clip), "--out", path, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).ExitCode, Is.Zero);

        // Channels last, as ffmpeg has samples and pixels.
        (string readType, byte[] read) = NumPyProgram.Load(path, type == "<f4" ? ".T" : string.Empty);
        byte[] expected = FfmpegProgram.Run($"-i \"{Sample(clip)}\" {asRaw} -");
        Assert.That(readType, Is.EqualTo(type));
        Assert.That(read, Is.EqualTo(expected));
    }

    [Test]
    public void A_track_is_chosen_by_option_by_variable_and_by_key_alike()
    {
        string clip = Path.Combine(_folder, "two.mka");
        FfmpegProgram.Run($"-f lavfi -i sine=r=8000:d=0.5:f=300 -f lavfi -i sine=r=8000:d=0.25:f=700 -map 0 -map 1 -c:a pcm_s16le \"{clip}\"");
        string file = Path.Combine(_folder, "settings.json");
        File.WriteAllText(file, """{ "audioTrack": 1 }""");
        string[] command = ["decode", clip, "--audio-rate", "native", "--out", Path.Combine(_folder, "a.npy")];

        CommandRun[] runs =
        [
            PublishedCommand.Run([.. command, "--audio-track", "1"]),
            PublishedCommand.Run(new Dictionary<string, string?> { ["CLIPGUARD_AUDIO_TRACK"] = "1" }, command),
            PublishedCommand.Run([.. command, "--config", file]),
        ];

        Assert.That(runs.Select(run => run.Output), Is.All.Contains("float32 [1, 2000] at 8000 Hz"));
        Assert.That(PublishedCommand.Run([.. command, "--audio-track", "2"]).Error, Does.Contain("no audio stream number 2"));
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

    private static string Sample(string clip) => Repository.SampleClip(clip);
}
