namespace FFmpeg.AutoGen;

/// <summary>
/// Where the fields lie that not every FFmpeg has in the same place, by structure and field. Chosen once, when the libraries are loaded; a field that lies in
/// one place in all of them is an ordinary field of its structure.
/// </summary>
/// <remarks>
/// Plain numbers, and no type initializer: a helper's code is compiled ahead, and each reading of a number costs it a call that loops should make once.
/// The tables in the files beside this one are written by BindingLayoutTests from FFmpeg's headers.
/// </remarks>
internal static partial class Layout
{
    /// <summary>Of a field that a version has no more: reading it there ends the process instead of giving another field's value.</summary>
    private const int Gone = int.MinValue;

    public static int AVCodecContext_flags;
    public static int AVCodecContext_flags2;
    public static int AVCodecContext_width;
    public static int AVCodecContext_height;
    public static int AVCodecContext_pix_fmt;
    public static int AVCodecContext_has_b_frames;
    public static int AVCodecContext_sample_aspect_ratio;
    public static int AVCodecContext_color_range;
    public static int AVCodecContext_colorspace;
    public static int AVCodecContext_sample_rate;
    public static int AVCodecContext_sample_fmt;
    public static int AVCodecContext_frame_size;
    public static int AVCodecContext_err_recognition;
    public static int AVCodecContext_error_concealment;
    public static int AVCodecContext_thread_count;
    public static int AVCodecContext_skip_loop_filter;
    public static int AVCodecContext_skip_frame;
    public static int AVCodecContext_pkt_timebase;
    public static int AVCodecContext_max_pixels;
    public static int AVCodecContext_discard_damaged_percentage;
    public static int AVCodecContext_ch_layout;
    public static int AVCodecParameters_format;
    public static int AVCodecParameters_bit_rate;
    public static int AVCodecParameters_width;
    public static int AVCodecParameters_height;
    public static int AVCodecParameters_sample_aspect_ratio;
    public static int AVCodecParameters_color_range;
    public static int AVCodecParameters_color_primaries;
    public static int AVCodecParameters_color_trc;
    public static int AVCodecParameters_color_space;
    public static int AVCodecParameters_video_delay;
    public static int AVCodecParameters_sample_rate;
    public static int AVCodecParameters_block_align;
    public static int AVCodecParameters_frame_size;
    public static int AVCodecParameters_initial_padding;
    public static int AVCodecParameters_ch_layout;
    public static int AVCodecParameters_coded_side_data;
    public static int AVCodecParameters_nb_coded_side_data;
    public static int AVFormatContext_start_time;
    public static int AVFormatContext_duration;
    public static int AVFormatContext_bit_rate;
    public static int AVFormatContext_flags;
    public static int AVFormatContext_probesize;
    public static int AVFormatContext_max_analyze_duration;
    public static int AVFormatContext_metadata;
    public static int AVFormatContext_error_recognition;
    public static int AVFormatContext_interrupt_callback;
    public static int AVFormatContext_max_ts_probe;
    public static int AVFormatContext_duration_estimation_method;
    public static int AVFormatContext_opaque;
    public static int AVFormatContext_io_open;
    public static int AVFrame_key_frame;
    public static int AVFrame_sample_aspect_ratio;
    public static int AVFrame_sample_rate;
    public static int AVFrame_flags;
    public static int AVFrame_color_range;
    public static int AVFrame_colorspace;
    public static int AVFrame_best_effort_timestamp;
    public static int AVFrame_metadata;
    public static int AVFrame_decode_error_flags;
    public static int AVFrame_interlaced_frame;
    public static int AVFrame_ch_layout;
    public static int AVStream_index;
    public static int AVStream_id;
    public static int AVStream_time_base;
    public static int AVStream_start_time;
    public static int AVStream_duration;
    public static int AVStream_nb_frames;
    public static int AVStream_disposition;
    public static int AVStream_discard;
    public static int AVStream_sample_aspect_ratio;
    public static int AVStream_metadata;
    public static int AVStream_avg_frame_rate;
    public static int AVStream_r_frame_rate;
    public static int AVStream_codecpar;

    /// <summary>Takes the table of the libraries that were loaded.</summary>
    /// <param name="codecMajor">Major version of libavcodec.</param>
    /// <returns>False where there is no table for it.</returns>
    public static bool Choose(int codecMajor)
    {
        switch (codecMajor)
        {
            case 59: UseMajor59(); return true;
            case 60: UseMajor60(); return true;
            case 61: UseMajor61(); return true;
            case 62: UseMajor62(); return true;
            case 63: UseMajor63(); return true;
            default: return false;
        }
    }
}
