using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Calls into libavcodec.</summary>
internal static unsafe partial class ffmpeg
{
    [LibraryImport(Avcodec)]
    public static partial uint avcodec_version();

    [LibraryImport(Avcodec, StringMarshalling = StringMarshalling.Utf8)]
    public static partial AVCodec* avcodec_find_decoder_by_name(string name);

    [LibraryImport(Avcodec)]
    public static partial AVCodecContext* avcodec_alloc_context3(AVCodec* codec);

    [LibraryImport(Avcodec)]
    public static partial void avcodec_free_context(AVCodecContext** avctx);

    [LibraryImport(Avcodec)]
    public static partial int avcodec_parameters_to_context(AVCodecContext* codec, AVCodecParameters* par);

    [LibraryImport(Avcodec)]
    public static partial int avcodec_open2(AVCodecContext* avctx, AVCodec* codec, AVDictionary** options);

    public static string avcodec_get_name(AVCodecID id) => Text(avcodec_get_name_native(id));

    [LibraryImport(Avcodec, EntryPoint = "avcodec_get_name")]
    private static partial byte* avcodec_get_name_native(AVCodecID id);

    [LibraryImport(Avcodec)]
    public static partial int avcodec_send_packet(AVCodecContext* avctx, AVPacket* avpkt);

    [LibraryImport(Avcodec)]
    public static partial int avcodec_receive_frame(AVCodecContext* avctx, AVFrame* frame);

    [LibraryImport(Avcodec)]
    public static partial void avcodec_flush_buffers(AVCodecContext* avctx);

    [LibraryImport(Avcodec, StringMarshalling = StringMarshalling.Utf8)]
    public static partial AVCodecDescriptor* avcodec_descriptor_get_by_name(string name);

    [LibraryImport(Avcodec)]
    public static partial AVPacketSideData* av_packet_side_data_get(AVPacketSideData* sd, int nb_sd, AVPacketSideDataType type);

    [LibraryImport(Avcodec)]
    public static partial AVPacket* av_packet_alloc();

    [LibraryImport(Avcodec)]
    public static partial void av_packet_free(AVPacket** pkt);

    [LibraryImport(Avcodec)]
    public static partial void av_packet_unref(AVPacket* pkt);
}
