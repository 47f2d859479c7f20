using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// Where a jump into audio is taken: pairs of container and codec of which it was proven that the clock says exactly where a jump landed and that,
/// after the preroll, every sample is bit for bit the one that decoding from the start gives. All others are decoded from the start.
/// The proof is <c>dotnet cake --target=Sweep</c>; README.md beside this file has its result.
/// </summary>
internal static class ExactSeeks
{
    // Codecs that overlap frames or borrow bits from earlier ones are right again after this much: over 18 frames of MP3, the longest reach.
    private const double UsualPrerollSeconds = 0.5;

    // Opus predicts from its own output; what is left of a wrong beginning fades below the last bit of a float only in this time.
    private const double OpusPrerollSeconds = 2;

    // Nearer than this to the preroll, decoding on costs less than a jump.
    private const double WorthSeekingSeconds = 1.5;

    // AAC with spectral band replication has frames of twice this length. It was not proven: no encoder for it is at hand.
    private const int AacFrameSamples = 1024;

    // Samples as they are, whatever their type.
    private const string Pcm = "pcm_";

    private static readonly Dictionary<string, string[]> Proven = new(StringComparer.Ordinal)
    {
        ["aac"] = ["aac"],
        ["aiff"] = [Pcm],
        ["au"] = [Pcm],
        ["avi"] = [Pcm],
        ["caf"] = [Pcm, "alac", "opus"],
        ["flac"] = ["flac"],
        ["flv"] = ["aac", "mp3"],
        ["matroska"] = ["aac", "mp3"],
        ["mov"] = [Pcm, "aac", "alac", "flac", "mp3", "opus"],
        ["mp3"] = ["mp3"],
        ["mpegts"] = ["aac", "mp3"],
        ["nut"] = [Pcm],
        ["ogg"] = ["flac", "opus", "vorbis"],
        ["tta"] = ["tta"],
        ["w64"] = [Pcm],
        ["wav"] = [Pcm],
        ["wv"] = ["wavpack"],
    };

    /// <summary>From which sample on a track is decoded so that a wanted one is right; null where everything before it is decoded.</summary>
    /// <param name="track">The track; its first frame has come.</param>
    /// <param name="wanted">The first wanted sample.</param>
    /// <param name="rateHz">The track's samples a second.</param>
    public static long? Start(Track track, long wanted, int rateHz)
    {
        string codec = ffmpeg.avcodec_get_name(CodecOf(track, out int frameSamples));
        double prerollSeconds = codec == "opus" ? OpusPrerollSeconds : UsualPrerollSeconds;
        return wanted > (prerollSeconds + WorthSeekingSeconds) * rateHz && AreProven(track.Container.FormatName, codec)
            && (codec != "aac" || frameSamples <= AacFrameSamples)
            ? wanted - (long)(prerollSeconds * rateHz)
            : null;
    }

    // A demuxer may have several names; the first one is looked up.
    private static bool AreProven(string format, string codec) =>
        Proven.TryGetValue(format.Split(',')[0], out string[]? codecs)
        && Array.Exists(codecs, proven => proven == codec || (proven == Pcm && codec.StartsWith(Pcm, StringComparison.Ordinal)));

    private static unsafe AVCodecID CodecOf(Track track, out int frameSamples)
    {
        frameSamples = track.Stream->codecpar->frame_size;
        return track.Stream->codecpar->codec_id;
    }
}
