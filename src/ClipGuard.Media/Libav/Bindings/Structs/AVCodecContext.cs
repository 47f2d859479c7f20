using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>An open decoder.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct AVCodecContext
{
    [FieldOffset(12)]
    public AVMediaType codec_type;

    [FieldOffset(16)]
    public AVCodec* codec;

    [FieldOffset(24)]
    public AVCodecID codec_id;

    public ref int flags => ref *(int*)At(Layout.AVCodecContext_flags);

    public ref int flags2 => ref *(int*)At(Layout.AVCodecContext_flags2);

    public ref int width => ref *(int*)At(Layout.AVCodecContext_width);

    public ref int height => ref *(int*)At(Layout.AVCodecContext_height);

    public ref AVPixelFormat pix_fmt => ref *(AVPixelFormat*)At(Layout.AVCodecContext_pix_fmt);

    public ref int has_b_frames => ref *(int*)At(Layout.AVCodecContext_has_b_frames);

    public ref AVRational sample_aspect_ratio => ref *(AVRational*)At(Layout.AVCodecContext_sample_aspect_ratio);

    public ref AVColorRange color_range => ref *(AVColorRange*)At(Layout.AVCodecContext_color_range);

    public ref AVColorSpace colorspace => ref *(AVColorSpace*)At(Layout.AVCodecContext_colorspace);

    public ref int sample_rate => ref *(int*)At(Layout.AVCodecContext_sample_rate);

    public ref AVSampleFormat sample_fmt => ref *(AVSampleFormat*)At(Layout.AVCodecContext_sample_fmt);

    public ref int frame_size => ref *(int*)At(Layout.AVCodecContext_frame_size);

    public ref int err_recognition => ref *(int*)At(Layout.AVCodecContext_err_recognition);

    public ref int error_concealment => ref *(int*)At(Layout.AVCodecContext_error_concealment);

    public ref int thread_count => ref *(int*)At(Layout.AVCodecContext_thread_count);

    public ref AVDiscard skip_loop_filter => ref *(AVDiscard*)At(Layout.AVCodecContext_skip_loop_filter);

    public ref AVDiscard skip_frame => ref *(AVDiscard*)At(Layout.AVCodecContext_skip_frame);

    public ref AVRational pkt_timebase => ref *(AVRational*)At(Layout.AVCodecContext_pkt_timebase);

    public ref long max_pixels => ref *(long*)At(Layout.AVCodecContext_max_pixels);

    public ref int discard_damaged_percentage => ref *(int*)At(Layout.AVCodecContext_discard_damaged_percentage);

    public ref AVChannelLayout ch_layout => ref *(AVChannelLayout*)At(Layout.AVCodecContext_ch_layout);

    private byte* At(int offset) => (byte*)Unsafe.AsPointer(ref this) + offset;
}
