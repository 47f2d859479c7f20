using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>One decoded picture or stretch of audio.</summary>
[StructLayout(LayoutKind.Explicit, Size = 472)]
internal unsafe struct AVFrame
{
    [FieldOffset(0)]
    public byte_ptrArray8 data;

    [FieldOffset(64)]
    public int_array8 linesize;

    [FieldOffset(96)]
    public byte** extended_data;

    [FieldOffset(104)]
    public int width;

    [FieldOffset(108)]
    public int height;

    [FieldOffset(112)]
    public int nb_samples;

    [FieldOffset(116)]
    public int format;

    [FieldOffset(120)]
    public int key_frame;

    [FieldOffset(128)]
    public AVRational sample_aspect_ratio;

    [FieldOffset(136)]
    public long pts;

    [FieldOffset(208)]
    public int sample_rate;

    [FieldOffset(316)]
    public int flags;

    [FieldOffset(320)]
    public AVColorRange color_range;

    [FieldOffset(332)]
    public AVColorSpace colorspace;

    [FieldOffset(344)]
    public long best_effort_timestamp;

    [FieldOffset(368)]
    public AVDictionary* metadata;

    [FieldOffset(376)]
    public int decode_error_flags;

    [FieldOffset(188)]
    public int interlaced_frame;

    [FieldOffset(448)]
    public AVChannelLayout ch_layout;
}
