using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Calls into libswresample.</summary>
internal static unsafe partial class ffmpeg
{
    [LibraryImport(Swresample)]
    public static partial int swr_alloc_set_opts2(
        SwrContext** ps,
        AVChannelLayout* out_ch_layout,
        AVSampleFormat out_sample_fmt,
        int out_sample_rate,
        AVChannelLayout* in_ch_layout,
        AVSampleFormat in_sample_fmt,
        int in_sample_rate,
        int log_offset,
        void* log_ctx);

    [LibraryImport(Swresample)]
    public static partial int swr_set_matrix(SwrContext* s, double* matrix, int stride);

    [LibraryImport(Swresample)]
    public static partial int swr_init(SwrContext* s);

    [LibraryImport(Swresample)]
    public static partial void swr_free(SwrContext** s);

    [LibraryImport(Swresample)]
    public static partial int swr_get_out_samples(SwrContext* s, int in_samples);

    [LibraryImport(Swresample)]
    public static partial int swr_convert(SwrContext* s, byte** @out, int out_count, byte** @in, int in_count);
}
