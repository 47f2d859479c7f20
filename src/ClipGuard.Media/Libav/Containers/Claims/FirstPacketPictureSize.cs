using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Containers.Claims;

/// <summary>
/// The size that the first packet of a video claims, in containers that say none themselves. libavformat decodes such a packet to learn the size, of streams
/// that it meets only while it reads without any limit of pixels (avformat_find_stream_info takes options for the streams that it finds), and the decoder of
/// H.264 makes tables for a whole picture before it looks at the limit: 2.2 s and 1.2 GB for an FLV of 16,000×16,000.
/// </summary>
internal static unsafe class FirstPacketPictureSize
{
    private const int MostPackets = 100;

    // In these no stream is known before its first packet, so that a video beside a wanted sound cannot be discarded before it is probed.
    private static readonly string[] WithoutHeaders = ["flv", "mpeg"];

    private static readonly string[] Demuxers = [.. WithoutHeaders, "mpegts", "h264", "hevc"];

    /// <summary>Whether a container is one of those.</summary>
    /// <param name="demuxer">FFmpeg's name of its demuxer.</param>
    /// <param name="wanted">What is wanted of it; null for everything.</param>
    public static bool IsAllThatTells(string demuxer, AVMediaType? wanted) =>
        (wanted == AVMediaType.AVMEDIA_TYPE_AUDIO ? WithoutHeaders : Demuxers).Contains(demuxer);

    /// <summary>Reads up to the first packet of a video. Whoever wants the packets opens the container again.</summary>
    /// <param name="format">The container, just opened.</param>
    /// <returns>Width and height in pixels; null where there is no such packet near the beginning, or its codec's decoders judge the size first.</returns>
    public static (long Width, long Height)? SizeOf(AVFormatContext* format)
    {
        AVPacket* packet = ffmpeg.av_packet_alloc();
        try
        {
            for (int i = 0; i < MostPackets && ffmpeg.av_read_frame(format, packet) >= 0; i++)
            {
                AVCodecParameters* codec = format->streams[packet->stream_index]->codecpar;
                if (codec->codec_type == AVMediaType.AVMEDIA_TYPE_VIDEO)
                {
                    return SizeOf(
                        ffmpeg.avcodec_get_name(codec->codec_id),
                        new ReadOnlySpan<byte>(codec->extradata, codec->extradata_size),
                        new ReadOnlySpan<byte>(packet->data, packet->size));
                }

                ffmpeg.av_packet_unref(packet);
            }

            return null;
        }
        finally
        {
            ffmpeg.av_packet_free(&packet);
        }
    }

    private static (long Width, long Height)? SizeOf(string codec, ReadOnlySpan<byte> header, ReadOnlySpan<byte> packet) => codec switch
    {
        "h264" => SequenceParameterSet.OfH264(header) ?? SequenceParameterSet.OfH264(packet),
        "hevc" => SequenceParameterSet.OfH265(header) ?? SequenceParameterSet.OfH265(packet),
        "flv1" => OfSorenson(new HeaderBits(packet)),
        _ => null,
    };

    // Adobe, Video File Format 10.1, H263VIDEOPACKET: the sizes of the other kinds are fixed, and small.
    private static (long Width, long Height)? OfSorenson(HeaderBits bits)
    {
        const int StartCode = 17, Version = 5, TemporalReference = 8;
        bool isPicture = bits.Read(StartCode) == 1;
        bits.Skip(Version + TemporalReference);
        int sizeBits = bits.Read(3) switch { 0 => 8, 1 => 16, _ => 0 };
        (long width, long height) = (bits.Read(sizeBits), bits.Read(sizeBits));
        return isPicture && !bits.IsOver ? (width, height) : null;
    }
}
