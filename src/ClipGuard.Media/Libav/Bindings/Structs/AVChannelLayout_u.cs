using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>The channels of a layout: a mask where the order is native.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct AVChannelLayout_u
{
    [FieldOffset(0)]
    public ulong mask;
}
