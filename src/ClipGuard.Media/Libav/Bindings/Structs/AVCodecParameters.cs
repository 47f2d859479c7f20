using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>What the container says of an encoded stream.</summary>
[StructLayout(LayoutKind.Explicit, Size = 168)]
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

    [FieldOffset(28)]
    public int format;

    [FieldOffset(32)]
    public long bit_rate;

    [FieldOffset(56)]
    public int width;

    [FieldOffset(60)]
    public int height;

    [FieldOffset(64)]
    public AVRational sample_aspect_ratio;

    [FieldOffset(76)]
    public AVColorRange color_range;

    [FieldOffset(80)]
    public AVColorPrimaries color_primaries;

    [FieldOffset(84)]
    public AVColorTransferCharacteristic color_trc;

    [FieldOffset(88)]
    public AVColorSpace color_space;

    [FieldOffset(96)]
    public int video_delay;

    [FieldOffset(116)]
    public int sample_rate;

    [FieldOffset(120)]
    public int block_align;

    [FieldOffset(124)]
    public int frame_size;

    [FieldOffset(128)]
    public int initial_padding;

    [FieldOffset(144)]
    public AVChannelLayout ch_layout;
}
