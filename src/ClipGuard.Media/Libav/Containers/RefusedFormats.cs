using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Containers;

/// <summary>
/// The formats that lead to other files, devices, addresses or programs. A clip of such a format makes FFmpeg open what the manifest
/// never named, and wait for it without end, so it is refused by its demuxer's name before its header is read.
/// </summary>
internal static class RefusedFormats
{
    private const int PlaylistHeadBytes = 4096;

    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        // Playlists and scripts that name other media.
        "hls", "applehttp", "dash", "webm_dash_manifest", "concat", "imf", "vapoursynth", "avisynth",

        // Session descriptions and what they lead to.
        "sdp", "rtsp", "rtp", "rtp_mpegts", "sap",

        // Pictures and discs that are opened by name or by a pattern of names, and subtitles that open the file beside them.
        "image2", "alias_pix", "brender_pix", "vobsub", "dvdvideo",

        // Devices and generators.
        "alsa", "android_camera", "avfoundation", "bktr", "decklink", "dshow", "fbdev", "gdigrab", "iec61883", "jack", "kmsgrab", "lavfi",
        "libcdio", "libdc1394", "ndi", "openal", "oss", "pulse", "sndio", "v4l2", "video4linux2", "vfwcap", "x11grab", "xcbgrab",
    };

    /// <summary>True for demuxers that open pictures by name. For each of them libavformat has another that reads the picture from a stream.</summary>
    public static bool OpensByName(string demuxer) => demuxer is "image2" or "alias_pix" or "brender_pix";

    /// <summary>
    /// The name of the format of a playlist under another name than a playlist's; null for everything else. From 7.1 on FFmpeg does not recognise one there,
    /// and takes it for a damaged video or an unknown format (hls_probe in libavformat/hls.c).
    /// </summary>
    public static string? FindPlaylist(ClipBytes bytes)
    {
        Span<byte> head = stackalloc byte[PlaylistHeadBytes];
        int length = bytes.ReadAt(0, head[.."#EXTM3U"u8.Length]);
        if (!head[..Math.Max(0, length)].SequenceEqual("#EXTM3U"u8))
        {
            return null;
        }

        head = head[..Math.Max(0, bytes.ReadAt(0, head))];
        return head.IndexOf("#EXT-X-STREAM-INF:"u8) >= 0 || head.IndexOf("#EXT-X-TARGETDURATION:"u8) >= 0 || head.IndexOf("#EXT-X-MEDIA-SEQUENCE:"u8) >= 0
            ? "hls"
            : null;
    }

    /// <summary>The name under which a demuxer is refused; null where it is not. A demuxer may have several names, parted by commas.</summary>
    public static string? Find(string demuxer) => demuxer.Split(',').FirstOrDefault(Names.Contains);
}
