using ClipGuard.Media;
using ClipGuard.Media.Libav;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Which faults were found before FFmpeg had a byte of the clip: after these the process is what it was.</summary>
[TestFixture]
internal sealed class FaultsBeforeFFmpegTests
{
    private static readonly ClipSpec[] Specs = [new AudioSpec(), new VideoSpec(), new ImageSpec(), new InspectSpec()];

    private readonly string _folder = Directory.CreateTempSubdirectory("before-").FullName;

    [OneTimeSetUp]
    public void NeedsFfmpeg()
    {
        if (LibavLoader.FindProblem() is { } problem)
        {
            Assert.Ignore(problem);
        }
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestCaseSource(nameof(Specs))]
    public void What_is_missing_empty_no_file_or_a_playlist_by_its_text_was_found_before(ClipSpec spec)
    {
        Assert.Multiple(() =>
        {
            Assert.That(Find(Path.Combine(_folder, "gone.mp4"), spec), Is.EqualTo((FaultKind.Missing, true)));
            Assert.That(Find(_folder, spec), Is.EqualTo((FaultKind.Missing, true)));
            Assert.That(Find(Write("empty.wav", []), spec), Is.EqualTo((FaultKind.Corrupt, true)));
            byte[] playlist = [.. "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:1/x.ts\n"u8];
            Assert.That(Find(Write("list.mp4", playlist), spec), Is.EqualTo((FaultKind.Unsupported, true)));
        });
    }

    [TestCaseSource(nameof(Specs))]
    public void What_FFmpeg_has_looked_at_was_not(ClipSpec spec)
    {
        DecoderFault fault = Decode(Write("noise.bin", [.. Enumerable.Range(0, 3000).Select(static i => (byte)(i * i / 7))]), spec);
        Assert.That(fault.BeforeDecoding, Is.False, fault.Message);
    }

    [Test]
    public void A_frame_that_is_missing_behind_others_was_not()
    {
        string picture = Repository.SampleClip("good/alpha.png");
        var frames = new FileListSource([picture, picture, Path.Combine(_folder, "gone.png")]);
        using var decode = new DirectDecode(new DecodeRequest(frames, new VideoSpec { Selection = new UniformFrames(3) }));
        Assert.That((decode.Fault?.Kind, decode.Fault?.BeforeDecoding), Is.EqualTo((FaultKind.Missing, false)));
    }

    private static (FaultKind Kind, bool Before) Find(string path, ClipSpec spec)
    {
        DecoderFault fault = Decode(path, spec);
        return (fault.Kind, fault.BeforeDecoding);
    }

    private static DecoderFault Decode(string path, ClipSpec spec)
    {
        using DirectDecode decode = DirectDecode.Of(path, spec);
        return decode.Fault ?? throw new AssertionException($"{path} has no fault as {spec}.");
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
