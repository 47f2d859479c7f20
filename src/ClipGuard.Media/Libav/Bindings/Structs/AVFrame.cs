using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>One decoded picture or stretch of audio.</summary>
[StructLayout(LayoutKind.Explicit)]
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

    [FieldOffset(136)]
    public long pts;

    public ref int key_frame => ref *(int*)At(Layout.AVFrame_key_frame);

    public ref AVRational sample_aspect_ratio => ref *(AVRational*)At(Layout.AVFrame_sample_aspect_ratio);

    public ref int sample_rate => ref *(int*)At(Layout.AVFrame_sample_rate);

    public ref int flags => ref *(int*)At(Layout.AVFrame_flags);

    public ref AVColorRange color_range => ref *(AVColorRange*)At(Layout.AVFrame_color_range);

    public ref AVColorSpace colorspace => ref *(AVColorSpace*)At(Layout.AVFrame_colorspace);

    public ref long best_effort_timestamp => ref *(long*)At(Layout.AVFrame_best_effort_timestamp);

    public ref AVDictionary* metadata => ref *(AVDictionary**)At(Layout.AVFrame_metadata);

    public ref int decode_error_flags => ref *(int*)At(Layout.AVFrame_decode_error_flags);

    public ref int interlaced_frame => ref *(int*)At(Layout.AVFrame_interlaced_frame);

    public ref AVChannelLayout ch_layout => ref *(AVChannelLayout*)At(Layout.AVFrame_ch_layout);

    private byte* At(int offset) => (byte*)Unsafe.AsPointer(ref this) + offset;
}
