using System.Buffers.Binary;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Empty chunks of an AVI say that the frame before stays on show. They are no damage, and the times of all other frames are what they were.</summary>
[CancelAfter(120_000)]
internal sealed class AviEmptyChunksTests
{
    // libavformat's muxer writes empty chunks for the time that was left out.
    private const string Dropped = "-f lavfi -i testsrc2=s=96x64:r=25:d=2 -vf select='not(between(n\\,10\\,14)+between(n\\,30\\,31))' -fps_mode passthrough";

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void Every_codec([Values(
        "-c:v mjpeg", "-c:v mpeg4", "-c:v mpeg4 -bf 2", "-c:v msmpeg4", "-c:v h263p", "-c:v mpeg2video",
        "-c:v libx264 -pix_fmt yuv420p -bf 0", "-c:v libx264 -pix_fmt yuv420p -bf 2", "-c:v ffv1",
        "-c:v huffyuv -pix_fmt yuv422p", "-c:v rawvideo -pix_fmt bgr24", "-c:v utvideo", "-c:v png", "-c:v libvpx -deadline good -cpu-used 5")] string codec)
    {
        string path = _media.Make($"{codec.Replace(' ', '_')}.avi", $"{Dropped} {codec} -g 12");
        int[] frames = [0, 9, 10, 11, 24, 25, -1];
        using DirectDecode decode = DirectDecode.Of(path, Frames(frames));
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        double[] times = [0, 0.36, 0.60, 0.64, 1.16, 1.28, 1.96];
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(times).Within(0.001), "frames 10 to 14, 30 and 31 of 50 were dropped");
        byte[] all = FfmpegProgram.Run($"-i \"{path}\" -fps_mode passthrough -sws_flags bicubic+accurate_rnd+full_chroma_int -pix_fmt rgb24 -f rawvideo -");
        int bytes = 96 * 64 * 3;
        Assert.That(all, Has.Length.EqualTo(43 * bytes));
        byte[] expected = [.. frames.SelectMany(frame => all.AsSpan((frame < 0 ? frame + 43 : frame) * bytes, bytes).ToArray())];
        Assert.That(WorstDifference.Of(decode.Bytes, expected), Is.LessThanOrEqualTo(1));

        using DirectDecode held = DirectDecode.Of(path, new VideoSpec { Selection = new TimeFrames([0.5]), Size = new OwnSize() });
        Assert.That(held.Clip.FrameTimesSeconds[0], Is.EqualTo(0.36).Within(0.001), "the frame before stays on show");
    }

    [Test]
    public void Copied_h264_has_the_times_that_it_had([Values(0, 2)] int reordered)
    {
        string source = _media.Make($"source{reordered}.mp4", $"-f lavfi -i testsrc2=s=96x64:r=25:d=2 -c:v libx264 -pix_fmt yuv420p -g 12 -bf {reordered}");
        string path = _media.Make($"copied{reordered}.avi", $"-i \"{source}\" -c copy");
        using DirectDecode expected = DirectDecode.Of(source, Frames([0, 1, 7, 24, -1]));
        using DirectDecode decode = DirectDecode.Of(path, Frames([0, 1, 7, 24, -1]));
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(expected.Clip.FrameTimesSeconds).Within(0.001));
        Assert.That(decode.Bytes.SequenceEqual(expected.Bytes));
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        using DirectDecode byRate = DirectDecode.Of(path, new VideoSpec { Selection = new RateFrames(4) });
        Assert.That(byRate.Clip.Shape[0], Is.EqualTo(8), "two seconds");
    }

    [Test]
    public void At_the_end([Values("-c:v mjpeg", "-c:v mpeg4")] string codec)
    {
        byte[] avi = File.ReadAllBytes(_media.Make($"whole{codec[^4..]}.avi", $"-f lavfi -i testsrc2=s=96x64:r=25:d=1 {codec}"));
        for (int i = 0; i < 3; i++)
        {
            EmptyLastChunk(avi);
        }

        string path = _media.Write($"ending{codec[^4..]}.avi", avi);
        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec { Selection = new TimeFrames([0.84, 0.99]), Size = new OwnSize() });
        Assert.That(decode.Result?.Damage, Is.EqualTo(DamageReport.None with { RepeatedFrameCount = 1 }), $"{decode.Fault?.Message}");
        Assert.That(decode.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0.84, 0.84 }).Within(0.001));
        using DirectDecode look = DirectDecode.Of(path, new InspectSpec());
        ClipDescription told = ClipDescription.Read(look.Bytes);
        StreamDescription stream = told.Streams[0];
        Assert.That((stream.FoundFrameCount, stream.DeclaredFrameCount, stream.Damage), Is.EqualTo(((long?)22, (long?)25, DamageReport.None)));
        Assert.That(told.Notes, Has.Some.Contains("3 of the chunks"));
    }

    [Test]
    public void A_file_that_is_cut_off_still_is()
    {
        byte[] avi = File.ReadAllBytes(_media.Make("cut-source.avi", $"{Dropped} -c:v mjpeg"));
        using DirectDecode decode = DirectDecode.Of(_media.Write("cut.avi", avi.AsSpan(0, avi.Length * 2 / 3)), new VideoSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
    }

    private static VideoSpec Frames(int[] frames) => new() { Selection = new IndexFrames(frames), Size = new OwnSize() };

    // The chunk is told to be empty, in itself and in the index, and what it held becomes one that readers pass over.
    private static void EmptyLastChunk(Span<byte> avi)
    {
        int index = avi.LastIndexOf("idx1"u8);
        int at = index - 8;
        while (!(avi[at..].StartsWith("00dc"u8) && BinaryPrimitives.ReadInt32LittleEndian(avi[(at + 4)..]) is > 8 and < 100_000))
        {
            at--;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(avi[(at + 4)..]);
        BinaryPrimitives.WriteInt32LittleEndian(avi[(at + 4)..], 0);
        "JUNK"u8.CopyTo(avi[(at + 8)..]);
        BinaryPrimitives.WriteInt32LittleEndian(avi[(at + 12)..], length - 8);
        for (int entry = avi.Length - 16; entry > index; entry -= 16)
        {
            if (avi[entry..].StartsWith("00dc"u8) && BinaryPrimitives.ReadInt32LittleEndian(avi[(entry + 12)..]) == length)
            {
                BinaryPrimitives.WriteInt32LittleEndian(avi[(entry + 12)..], 0);
                return;
            }
        }
    }
}
