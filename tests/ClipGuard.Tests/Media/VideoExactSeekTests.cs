using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>
/// Eight frames of a video, each by a jump of its own, are bit for bit those that decoding on from the start gives, of every pair of codec and container that
/// the ffmpeg program can write here
/// and that tells key frames from others: a few in the suite, all of them by <c>dotnet cake --target=Sweep</c>.
/// </summary>
[CancelAfter(120_000)]
internal sealed class VideoExactSeekTests
{
    // Every pixel changes from frame to frame, so that no frame resembles another.
    private const string Moving = "-f lavfi -i testsrc2=s=96x64:r=25:d=4,hue=H=t";

    private const string X264 = "libx264 -preset veryfast -pix_fmt yuv420p";
    private const string X265 = "libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=error:keyint=12:min-keyint=12:scenecut=0";
    private const string Quick = "-deadline realtime -cpu-used 8";

    private static readonly int[] Frames = [97, 3, 50, 22, 75, 13, 88, 61];

    private static readonly (string Container, string Codec)[] Pairs =
    [
        .. Each(
            "mp4", X264, $"{X264} -bf 3 -x264-params open-gop=1:scenecut=0", $"{X264} -x264-params intra-refresh=1",
            $"{X264} -movflags frag_keyframe+empty_moov", X265, $"{X265}:open-gop=1:bframes=3"),
        .. Each(
            "mp4", "mpeg4", "mpeg4 -bf 2", "libxvid", "mpeg2video -bf 2", "mpeg1video", $"libvpx-vp9 {Quick}",
            "libaom-av1 -usage realtime -cpu-used 8", "libsvtav1 -preset 12 -svtav1-params keyint=12", "mjpeg"),
        .. Each(
            "mov", X264, "prores_ks", "qtrle", "smc -pix_fmt pal8", "cinepak -pix_fmt rgb24", "h263p", "svq1 -pix_fmt yuv410p",
            "png", "zlib -pix_fmt bgr24"),
        .. Each(
            "mkv", X264, $"{X264} -bf 3 -x264-params open-gop=1:scenecut=0", X265, $"{X265}:open-gop=1:bframes=3", "mpeg4 -bf 2", "msmpeg4",
            "msmpeg4v2", "mpeg2video -bf 2", "mpeg1video", "libtheora", $"libvpx {Quick}", "ffv1 -g 12", "wmv1", "wmv2", "flv",
            "snow -strict -2", "vc2", "cfhd -pix_fmt yuv422p10"),
        .. Each("webm", $"libvpx {Quick} -auto-alt-ref 1 -lag-in-frames 10", $"libvpx-vp9 {Quick}", "libaom-av1 -usage realtime -cpu-used 8"),
        .. Each(
            "avi", X264, $"{X264} -bf 0", "mpeg4", "mpeg4 -bf 2", "libxvid -bf 2", "msmpeg4", "msmpeg4v2", "mpeg2video -bf 2", "mpeg1video", "h263p",
            "wmv1", "wmv2", "flv", "cinepak -pix_fmt rgb24", "msvideo1", "mjpeg", "huffyuv -pix_fmt yuv422p", "ffvhuff", "utvideo",
            "zmbv -pix_fmt bgr0", "flashsv", "ffv1 -g 12", $"libvpx {Quick}", "asv1", "snow -strict -2", "rawvideo"),
        .. Each("flv", X264, "flv", "flashsv", "flashsv2"),
        .. Each("ts", X264, $"{X264} -bf 3 -x264-params open-gop=1:scenecut=0", X265, "mpeg2video -bf 2", "mpeg1video", "mpeg4 -bf 2"),
        .. Each("mpg", "mpeg2video -bf 2 -f vob", "mpeg1video"),
        .. Each("ogv", "libtheora"),
        .. Each("wmv", "wmv1", "wmv2", "msmpeg4"),
        .. Each("nut", X264, "mpeg4 -bf 2", "ffv1 -g 12", $"libvpx-vp9 {Quick}"),
        .. Each("rm", "rv10", "rv20"),
        .. Each("mxf", "mpeg2video -bf 2 -r 25"),
        .. Each("ivf", $"libvpx {Quick}", $"libvpx-vp9 {Quick}", "libaom-av1 -usage realtime -cpu-used 8"),
        .. Each("h264", X264),
        .. Each("hevc", X265),
        .. Each("m2v", "mpeg2video -bf 2"),
        .. Each("m4v", "mpeg4 -bf 2"),
        .. Each("gif", "gif"),
        .. Each("apng", "apng"),
        .. Each("swf", "flv"),
        .. Each("amv", "amv -r 25 -an -f avi"),
    ];

    private readonly MediaFolder _media = new();

    /// <summary>What is tried: in the suite, kinds of which jumps were seen to lead astray.</summary>
    public static IEnumerable<string> Chosen => IsSweep ? Pairs.Select(pair => $"{pair.Codec} in {pair.Container}") :
    [
        $"{X264} in mp4",
        "mpeg4 -bf 2 in avi",
        "cinepak -pix_fmt rgb24 in avi",
        "snow -strict -2 in mkv",
        "flashsv2 in flv",
        "apng in apng",
        "rv20 in rm",
    ];

    private static bool IsSweep => Environment.GetEnvironmentVariable("CLIPGUARD_SWEEP") == "1";

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Chosen))]
    public void Eight_frames_are_those_that_decoding_on_gives(string pair)
    {
        (string container, string codec) = Pairs.Single(one => $"{one.Codec} in {one.Container}" == pair);
        string group = codec.Contains("-g ", StringComparison.Ordinal) ? string.Empty : "-g 12";
        string path = _media.Make($"{string.Concat(pair.Where(char.IsLetterOrDigit))}.{container}", $"{Moving} -c:v {codec} {group}");
        using DirectDecode all = DirectDecode.Of(path, Of([.. Enumerable.Range(0, 98)]));
        using DirectDecode eight = DirectDecode.Of(path, Of(Frames));
        int bytes = eight.Bytes.Length / Frames.Length;
        for (int i = 0; i < Frames.Length; i++)
        {
            using DirectDecode one = DirectDecode.Of(path, Of([Frames[i]]));
            ReadOnlySpan<byte> expected = all.Bytes.Slice(Frames[i] * bytes, bytes);
            Assert.That(one.Bytes.SequenceEqual(expected), $"frame {Frames[i]} alone");
            Assert.That(eight.Bytes.Slice(i * bytes, bytes).SequenceEqual(expected), $"frame {Frames[i]} among eight");
        }

        TestContext.Out.WriteLine($"{pair}: {eight.Frames} of {all.Frames} frames decoded");
    }

    private static VideoSpec Of(int[] frames) => new() { Selection = new IndexFrames(frames), Size = new OwnSize() };

    private static IEnumerable<(string Container, string Codec)> Each(string container, params string[] codecs) => codecs.Select(codec => (container, codec));
}
