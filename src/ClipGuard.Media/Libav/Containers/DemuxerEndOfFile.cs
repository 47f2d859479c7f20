using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Containers;

/// <summary>
/// What demuxers say and give at the end of a file. Most say AVERROR_EOF, and something else where the file breaks off; some say the same error in both cases,
/// and then all that can be known is whether what the header promises came, as it is with demuxers that say AVERROR_EOF in both.
/// </summary>
internal static class DemuxerEndOfFile
{
    private const int NotPermitted = 1;
    private const int InputOutput = 5;

    // Read from libavformat 5.1: these return -1 or AVERROR(EIO) where there is no next packet (gxf.c:511, nuvdec.c:321, daud.c:44, filmstripdec.c:89, …).
    private static readonly HashSet<string> Careless = new(StringComparer.Ordinal)
    {
        "4xm", "aea", "anm", "apc", "bethsoftvid", "daud", "dsicin", "filmstrip", "flic", "gxf", "ingenient", "iss", "mm", "mvi", "nc", "nsv", "nuv", "psxstr",
        "pva", "roq", "sol", "tiertexseq", "vc1test", "vqf", "wc3movie", "wsaud", "wsvqa",
    };

    // These read so many bytes at a time, and libavformat marks the last packet as damaged where fewer are left, as they mostly are. FFmpeg's adxdec.c, apc.c,
    // aptxdec.c, g726.c, genh.c, msf.c, sol.c and svs.c; others of the kind take the mark off themselves.
    private static readonly HashSet<string> ReadInPieces = new(StringComparer.Ordinal)
    {
        "adx", "apc", "aptx", "aptx_hd", "g726", "g726le", "genh", "msf", "sol", "svs",
    };

    /// <summary>Whether an error that came in place of a packet is the file's end.</summary>
    /// <param name="demuxer">FFmpeg's name of the demuxer.</param>
    /// <param name="error">What av_read_frame gave.</param>
    /// <param name="isAllRead">True where no byte of the file is left.</param>
    public static bool IsEnd(string demuxer, int error, bool isAllRead) =>
        error == ffmpeg.AVERROR_EOF || (isAllRead && demuxer switch
        {
            // Its last chunk says that it is the last, once; asked again, as libavformat does, the demuxer reads on and finds no chunk (smjpegdec.c:175).
            "smjpeg" => error == ffmpeg.AVERROR_INVALIDDATA,
            _ => Careless.Contains(demuxer) && (error == ffmpeg.AVERROR(NotPermitted) || error == ffmpeg.AVERROR(InputOutput)
                || (error == ffmpeg.AVERROR_INVALIDDATA && LibavDifferences.CallsTheEndInvalid)),
        });

    /// <summary>Whether the last packet of a file may be short, and is none the worse for it.</summary>
    /// <param name="demuxer">FFmpeg's name of the demuxer.</param>
    public static bool MayEndShort(string demuxer) => ReadInPieces.Contains(demuxer);

    /// <summary>Whether what came as the last packet stands behind the last frame: Adobe Filmstrip ends with a block of 36 bytes about itself.</summary>
    /// <param name="demuxer">FFmpeg's name of the demuxer.</param>
    /// <param name="bytes">The packet's size.</param>
    public static bool IsTrailer(string demuxer, int bytes)
    {
        const int FilmstripTrailer = 36;
        return demuxer == "filmstrip" && bytes == FilmstripTrailer;
    }
}
