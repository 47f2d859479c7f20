using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Which channels there are and in what order.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal unsafe struct AVChannelLayout
{
    [FieldOffset(0)]
    public AVChannelOrder order;

    [FieldOffset(4)]
    public int nb_channels;

    [FieldOffset(8)]
    public AVChannelLayout_u u;

    [FieldOffset(16)]
    public void* opaque;
}
