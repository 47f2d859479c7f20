using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Calls into libavformat.</summary>
internal static unsafe partial class ffmpeg
{
    [LibraryImport(Avformat)]
    public static partial AVFormatContext* avformat_alloc_context();

    [LibraryImport(Avformat)]
    public static partial AVIOContext* avio_alloc_context(
        byte* buffer,
        int buffer_size,
        int write_flag,
        void* opaque,
        avio_alloc_context_read_packet_func read_packet,
        avio_alloc_context_write_packet_func write_packet,
        avio_alloc_context_seek_func seek);

    [LibraryImport(Avformat)]
    public static partial void avio_context_free(AVIOContext** s);

    [LibraryImport(Avformat)]
    public static partial long avio_seek(AVIOContext* s, long offset, int whence);

    [LibraryImport(Avformat, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int avformat_open_input(AVFormatContext** ps, string url, AVInputFormat* fmt, AVDictionary** options);

    [LibraryImport(Avformat)]
    public static partial void avformat_close_input(AVFormatContext** s);

    [LibraryImport(Avformat, StringMarshalling = StringMarshalling.Utf8)]
    public static partial AVInputFormat* av_find_input_format(string short_name);

    [LibraryImport(Avformat, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int av_probe_input_buffer2(AVIOContext* pb, AVInputFormat** fmt, string url, void* logctx, uint offset, uint max_probe_size);

    [LibraryImport(Avformat)]
    public static partial int avformat_find_stream_info(AVFormatContext* ic, AVDictionary** options);

    [LibraryImport(Avformat)]
    public static partial int av_find_best_stream(
        AVFormatContext* ic, AVMediaType type, int wanted_stream_nb, int related_stream, AVCodec** decoder_ret, int flags);

    [LibraryImport(Avformat)]
    public static partial int av_read_frame(AVFormatContext* s, AVPacket* pkt);

    [LibraryImport(Avformat)]
    public static partial int avformat_seek_file(AVFormatContext* s, int stream_index, long min_ts, long ts, long max_ts, int flags);

    [LibraryImport(Avformat)]
    public static partial int avformat_index_get_entries_count(AVStream* st);

    [LibraryImport(Avformat)]
    public static partial AVIndexEntry* avformat_index_get_entry(AVStream* st, int idx);

    [LibraryImport(Avformat)]
    public static partial byte* av_stream_get_side_data(AVStream* stream, AVPacketSideDataType type, ulong* size);

    [LibraryImport(Avformat)]
    public static partial AVRational av_guess_frame_rate(AVFormatContext* ctx, AVStream* stream, AVFrame* frame);

    [LibraryImport(Avformat)]
    public static partial AVRational av_guess_sample_aspect_ratio(AVFormatContext* format, AVStream* stream, AVFrame* frame);
}
