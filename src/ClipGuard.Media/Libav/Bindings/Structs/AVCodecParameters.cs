using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>What the container says of an encoded stream.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct AVCodecParameters
{
    [FieldOffset(0)]
    public AVMediaType codec_type;

    [FieldOffset(4)]
    public AVCodecID codec_id;

    [FieldOffset(8)]
    public uint codec_tag;

    [FieldOffset(16)]
    public byte* extradata;

    [FieldOffset(24)]
    public int extradata_size;

    public ref int format => ref *(int*)At(Layout.AVCodecParameters_format);

    public ref long bit_rate => ref *(long*)At(Layout.AVCodecParameters_bit_rate);

    public ref int width => ref *(int*)At(Layout.AVCodecParameters_width);

    public ref int height => ref *(int*)At(Layout.AVCodecParameters_height);

    public ref AVRational sample_aspect_ratio => ref *(AVRational*)At(Layout.AVCodecParameters_sample_aspect_ratio);

    public ref AVColorRange color_range => ref *(AVColorRange*)At(Layout.AVCodecParameters_color_range);

    public ref AVColorPrimaries color_primaries => ref *(AVColorPrimaries*)At(Layout.AVCodecParameters_color_primaries);

    public ref AVColorTransferCharacteristic color_trc => ref *(AVColorTransferCharacteristic*)At(Layout.AVCodecParameters_color_trc);

    public ref AVColorSpace color_space => ref *(AVColorSpace*)At(Layout.AVCodecParameters_color_space);

    public ref int video_delay => ref *(int*)At(Layout.AVCodecParameters_video_delay);

    public ref int sample_rate => ref *(int*)At(Layout.AVCodecParameters_sample_rate);

    public ref int block_align => ref *(int*)At(Layout.AVCodecParameters_block_align);

    public ref int frame_size => ref *(int*)At(Layout.AVCodecParameters_frame_size);

    public ref int initial_padding => ref *(int*)At(Layout.AVCodecParameters_initial_padding);

    public ref AVChannelLayout ch_layout => ref *(AVChannelLayout*)At(Layout.AVCodecParameters_ch_layout);

    public ref AVPacketSideData* coded_side_data => ref *(AVPacketSideData**)At(Layout.AVCodecParameters_coded_side_data);

    public ref int nb_coded_side_data => ref *(int*)At(Layout.AVCodecParameters_nb_coded_side_data);

    private byte* At(int offset) => (byte*)Unsafe.AsPointer(ref this) + offset;
}
