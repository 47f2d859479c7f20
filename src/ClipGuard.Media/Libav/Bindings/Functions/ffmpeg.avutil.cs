using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Calls into libavutil.</summary>
internal static unsafe partial class ffmpeg
{
    public static string av_version_info() => Text(av_version_info_native());

    [LibraryImport(Avutil, EntryPoint = "av_version_info")]
    private static partial byte* av_version_info_native();

    [LibraryImport(Avutil)]
    public static partial void* av_malloc(ulong size);

    [LibraryImport(Avutil)]
    public static partial void av_freep(void* ptr);

    [LibraryImport(Avutil)]
    public static partial AVFrame* av_frame_alloc();

    [LibraryImport(Avutil)]
    public static partial void av_frame_free(AVFrame** frame);

    [LibraryImport(Avutil)]
    public static partial int av_frame_get_buffer(AVFrame* frame, int align);

    [LibraryImport(Avutil)]
    public static partial int av_frame_copy_props(AVFrame* dst, AVFrame* src);

    [LibraryImport(Avutil)]
    public static partial void av_frame_unref(AVFrame* frame);

    [LibraryImport(Avutil)]
    public static partial AVFrameSideData* av_frame_get_side_data(AVFrame* frame, AVFrameSideDataType type);

    [LibraryImport(Avutil)]
    public static partial int av_strerror(int errnum, byte* errbuf, ulong errbuf_size);

    [LibraryImport(Avutil, StringMarshalling = StringMarshalling.Utf8)]
    public static partial AVDictionaryEntry* av_dict_get(AVDictionary* m, string key, AVDictionaryEntry* prev, int flags);

    [LibraryImport(Avutil, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int av_dict_set_int(AVDictionary** pm, string key, long value, int flags);

    [LibraryImport(Avutil)]
    public static partial void av_dict_free(AVDictionary** m);

    [LibraryImport(Avutil, StringMarshalling = StringMarshalling.Utf8)]
    public static partial AVOption* av_opt_find(void* obj, string name, string? unit, int opt_flags, int search_flags);

    [LibraryImport(Avutil, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int av_opt_set_int(void* obj, string name, long val, int search_flags);

    [LibraryImport(Avutil, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int av_opt_set(void* obj, string name, string val, int search_flags);

    [LibraryImport(Avutil)]
    public static partial AVPixFmtDescriptor* av_pix_fmt_desc_get(AVPixelFormat pix_fmt);

    [LibraryImport(Avutil, StringMarshalling = StringMarshalling.Utf8)]
    public static partial AVPixelFormat av_get_pix_fmt(string name);

    public static string av_color_space_name(AVColorSpace space) => Text(av_color_space_name_native(space));

    [LibraryImport(Avutil, EntryPoint = "av_color_space_name")]
    private static partial byte* av_color_space_name_native(AVColorSpace space);

    public static string av_color_range_name(AVColorRange range) => Text(av_color_range_name_native(range));

    [LibraryImport(Avutil, EntryPoint = "av_color_range_name")]
    private static partial byte* av_color_range_name_native(AVColorRange range);

    public static string av_get_pix_fmt_name(AVPixelFormat pix_fmt) => Text(av_get_pix_fmt_name_native(pix_fmt));

    [LibraryImport(Avutil, EntryPoint = "av_get_pix_fmt_name")]
    private static partial byte* av_get_pix_fmt_name_native(AVPixelFormat pix_fmt);

    [LibraryImport(Avutil)]
    public static partial int av_sample_fmt_is_planar(AVSampleFormat sample_fmt);

    [LibraryImport(Avutil)]
    public static partial int av_get_bytes_per_sample(AVSampleFormat sample_fmt);

    public static string av_get_sample_fmt_name(AVSampleFormat sample_fmt) => Text(av_get_sample_fmt_name_native(sample_fmt));

    [LibraryImport(Avutil, EntryPoint = "av_get_sample_fmt_name")]
    private static partial byte* av_get_sample_fmt_name_native(AVSampleFormat sample_fmt);

    [LibraryImport(Avutil)]
    public static partial void av_channel_layout_default(AVChannelLayout* ch_layout, int nb_channels);

    [LibraryImport(Avutil)]
    public static partial void av_channel_layout_uninit(AVChannelLayout* channel_layout);

    [LibraryImport(Avutil)]
    public static partial int av_channel_layout_compare(AVChannelLayout* chl, AVChannelLayout* chl1);

    [LibraryImport(Avutil)]
    public static partial int av_channel_layout_copy(AVChannelLayout* dst, AVChannelLayout* src);

    [LibraryImport(Avutil)]
    public static partial void av_log_set_callback(av_log_set_callback_callback_func callback);

    [LibraryImport(Avutil, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int av_log_format_line2(void* ptr, int level, string fmt, byte* vl, byte* line, int line_size, int* print_prefix);
}
