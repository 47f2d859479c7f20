using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>
/// How long a header says that an audio track is, for limits that are judged before the work. <see cref="DeclaredDuration"/> is for faults; this takes any
/// length that is told, and uses it only where the file's size makes it possible: that a file's header is wrong shows when it is decoded.
/// </summary>
internal static unsafe class AudioLengthForLimits
{
    // Silence is packed no tighter than this by any codec in use: by FLAC 4,096 samples in 14 bytes, by Opus 960 in 2.
    private const long MaxSamplesPerByte = 512;

    // A frame of MPEG audio, of at most 1,152 samples, has at least 24 bytes.
    private const long MaxMpegSamplesPerByte = 48;

    // How far from its claimed end a track is looked at, and how much nearer to its beginning it may be found there: clocks and seek tables are coarse.
    private const double EndSeconds = 10;
    private const double LandingShare = 0.1;

    /// <summary>
    /// Samples of each channel that the header tells, at most as many as the file's bytes can hold,
    /// which samples that are not compressed tell by themselves; null where nothing tells.
    /// </summary>
    public static long? Samples(Track track, int rateHz)
    {
        long? told = DeclaredDuration.Samples(track, rateHz) ?? (track.Container.SecondsOf(track.Stream) is { } seconds ? (long)(seconds * rateHz) : null);
        return told is { } samples ? Math.Min(samples, Most(track)) : track.IsUncompressed ? Most(track) : null;
    }

    /// <summary>Whether there is anything near the claimed end. Moves the track, which cannot be read on from there.</summary>
    public static bool IsBorneOut(Track track, long samples, int rateHz)
    {
        AVRational unit = track.Stream->time_base;
        double end = ((double)samples / rateHz) - EndSeconds;
        long start = track.Stream->start_time == ffmpeg.AV_NOPTS_VALUE ? 0 : track.Stream->start_time;
        AVPacket* packet = ffmpeg.av_packet_alloc();
        bool found = track.Seek(start + (long)(end * unit.den / unit.num))
            && track.Read(packet)
            && packet->pts != ffmpeg.AV_NOPTS_VALUE
            && (double)(packet->pts - start) * unit.num / unit.den >= end * (1 - LandingShare);
        ffmpeg.av_packet_free(&packet);
        return found;
    }

    private static long Most(Track track)
    {
        AVCodecParameters* codec = track.Stream->codecpar;
        long bytes = track.Container.Bytes.Length;
        return track.IsUncompressed && codec->block_align > 0 ? bytes / codec->block_align
            : bytes * (codec->codec_id is AVCodecID.AV_CODEC_ID_MP3 or AVCodecID.AV_CODEC_ID_MP2 ? MaxMpegSamplesPerByte : MaxSamplesPerByte);
    }
}
