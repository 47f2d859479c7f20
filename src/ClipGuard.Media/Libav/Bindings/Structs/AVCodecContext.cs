using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>An open decoder.</summary>
[StructLayout(LayoutKind.Explicit, Size = 944)]
internal unsafe struct AVCodecContext
{
    [FieldOffset(12)]
    public AVMediaType codec_type;

    [FieldOffset(16)]
    public AVCodec* codec;

    [FieldOffset(24)]
    public AVCodecID codec_id;

    [FieldOffset(76)]
    public int flags;

    [FieldOffset(80)]
    public int flags2;

    [FieldOffset(116)]
    public int width;

    [FieldOffset(120)]
    public int height;

    [FieldOffset(136)]
    public AVPixelFormat pix_fmt;

    [FieldOffset(172)]
    public int has_b_frames;

    [FieldOffset(216)]
    public AVRational sample_aspect_ratio;

    [FieldOffset(336)]
    public AVColorRange color_range;

    [FieldOffset(332)]
    public AVColorSpace colorspace;

    [FieldOffset(352)]
    public int sample_rate;

    [FieldOffset(360)]
    public AVSampleFormat sample_fmt;

    [FieldOffset(364)]
    public int frame_size;

    [FieldOffset(520)]
    public int err_recognition;

    [FieldOffset(512)]
    public int error_concealment;

    [FieldOffset(636)]
    public int thread_count;

    [FieldOffset(684)]
    public AVDiscard skip_loop_filter;

    [FieldOffset(692)]
    public AVDiscard skip_frame;

    [FieldOffset(724)]
    public AVRational pkt_timebase;

    [FieldOffset(864)]
    public long max_pixels;

    [FieldOffset(892)]
    public int discard_damaged_percentage;

    [FieldOffset(920)]
    public AVChannelLayout ch_layout;
}
