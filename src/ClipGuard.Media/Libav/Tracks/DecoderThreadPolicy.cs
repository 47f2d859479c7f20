using System.Runtime.InteropServices;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>
/// Which decoders may decode several frames at the same time, each in a thread of FFmpeg's own. A decoder is among them where its frames have been compared
/// with those of one thread, on healthy and on damaged clips, and where damage shows in an error, in a flag of a frame or in the log, or leaves the same pixels
/// either way: a decode in which any of these came up is done once more without threads, so that one thread gives every verdict.
/// </summary>
/// <remarks>
/// Slice threads are not used. With them H.264 conceals no errors (libavcodec/h264dec.c sets enable_er to 0), so that damage would pass in silence, and HEVC of
/// FFmpeg 7.1.0 has deadlocked in its wavefronts under load. MPEG-1 and MPEG-2, which know no other threads, have one thread for that reason. HEVC and VP8
/// have one because overwritten data goes unnoticed in them, and the pixels that are then left over from earlier frames are others with threads, from run to
/// run (FFmpeg 5.1). Decoders that are not named were not tried.
/// </remarks>
internal static unsafe class DecoderThreadPolicy
{
    // Every thread holds a frame or two: eight of a 4K video of 8 bits held 225 MB more than one thread.
    private const long MostPixels = 72L << 20;

    private static readonly string[] Decoders =
    [
        "h264",
        "mpeg4",
        "vp9",
        "libdav1d", // in threads of its own library, which logs through FFmpeg
    ];

    /// <summary>
    /// Pixels below which a decode takes a few milliseconds, of which the start of threads would be a good part. Changed by tests alone.
    /// </summary>
    internal static long LeastPixels { get; set; } = 8L << 20;

    /// <summary>True for a decoder that may have threads.</summary>
    public static bool Allows(AVCodec* decoder) => Array.IndexOf(Decoders, Marshal.PtrToStringUTF8((nint)decoder->name)) >= 0;

    /// <summary>How many threads are worth their start for ranges of packets, and their memory: as many as asked for, fewer of large frames, or 1.</summary>
    /// <param name="asked">How many were asked for.</param>
    /// <param name="pixels">Pixels of a frame.</param>
    /// <param name="packets">Packets that are decoded.</param>
    /// <param name="ranges">In how many ranges; between two of them the decoder is drained.</param>
    public static int CountFor(int asked, long pixels, int packets, int ranges)
    {
        int threads = (int)Math.Min(asked, MostPixels / Math.Max(1, pixels));
        return threads > 1 && packets * pixels >= LeastPixels && packets / Math.Max(1, ranges) >= 2 * threads ? threads : 1;
    }
}
