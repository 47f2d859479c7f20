using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Streams;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>Raw video, against the bytes that ffmpeg itself makes of the same file.</summary>
[TestFixture]
internal sealed class VideoStreamTests : StreamGuardTestBase
{
    [Test]
    [CancelAfter(120_000)]
    public async Task The_bytes_are_those_that_ffmpeg_makes(CancellationToken cancellation)
    {
        foreach (string sampling in (string[])["420", "422", "444"])
        {
            foreach (string depth in (string[])["", "10le", "12le", "16le"])
            {
                string format = $"yuv{sampling}p{depth}";
                string clip = Media.Make($"{format}.mkv", $"-f lavfi -i testsrc2=size=67x45:rate=25 -frames:v 5 -pix_fmt {format} -c:v ffv1");
                FfmpegProgram.Run($"-i \"{clip}\" -f rawvideo \"{Media.PathOf("expected")}\"");
                ToolOutcome outcome = await Guard.RunAsync(Copy(clip, new VideoStreamSpec { Form = VideoStreamFraming.Raw }), cancellation);

                Assert.That(outcome.Fault, Is.Null, () => $"{format}: {outcome.Fault!.Message}");
                Assert.That(((VideoFormat)outcome.Streams[0].Format!).Shape.PixelFormat, Is.EqualTo(format));
                byte[] expected = await File.ReadAllBytesAsync(Media.PathOf("expected"), cancellation);
                byte[] written = await File.ReadAllBytesAsync(Media.PathOf("written"), cancellation);
                Assert.That(written, Has.Length.EqualTo(expected.Length), format);
                Assert.That(written.AsSpan().SequenceEqual(expected), format);
            }
        }
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_file_that_was_cut_off_is_damaged(CancellationToken cancellation)
    {
        string whole = Media.Make(
            "whole.mp4", "-f lavfi -i testsrc2=size=160x120:rate=25 -frames:v 250 -pix_fmt yuv420p -c:v libx264 -movflags +faststart");
        string matroska = Media.Make("whole.mkv", $"-i \"{whole}\" -c copy");
        foreach (string clip in (string[])[whole, matroska])
        {
            ToolOutcome good = await Guard.RunAsync(Copy(clip, new VideoStreamSpec()), cancellation);
            Assert.That(good.Fault, Is.Null, () => good.Fault!.Message);

            byte[] bytes = await File.ReadAllBytesAsync(clip, cancellation);
            string cut = Media.Write("cut" + Path.GetExtension(clip), bytes.AsSpan(0, bytes.Length * 2 / 3));
            ToolOutcome outcome = await Guard.RunAsync(Copy(cut, new VideoStreamSpec()), cancellation);
            Assert.That(outcome.Fault?.Kind, Is.EqualTo(ToolFaultKind.Corrupt), outcome.Fault?.Message);
        }
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_clip_may_have_a_longest_duration(CancellationToken cancellation)
    {
        string clip = Media.Make("three.mkv", "-f lavfi -i testsrc2=size=64x48:rate=25 -frames:v 75 -pix_fmt yuv420p -c:v ffv1");
        foreach ((double limit, ToolFaultKind? kind) in new (double, ToolFaultKind?)[] { (3.5, null), (2.5, ToolFaultKind.LimitExceeded) })
        {
            await using var guard = new StreamGuard(StreamTestRig.Options with { Limits = new DecodeLimits { MaxDuration = TimeSpan.FromSeconds(limit) } });
            ToolOutcome outcome = await guard.RunAsync(Copy(clip, new VideoStreamSpec()), cancellation);

            Assert.That(outcome.Fault?.Kind, Is.EqualTo(kind), outcome.Fault?.Message);
        }
    }

    private ToolRunSpec Copy(string clip, VideoStreamSpec spec) => StreamTestRig.Copy(clip, spec, Media.PathOf("written"));
}
