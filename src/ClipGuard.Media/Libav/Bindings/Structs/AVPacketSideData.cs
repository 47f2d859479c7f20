using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>What the container says of a packet or a stream beside its bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal unsafe struct AVPacketSideData
{
    [FieldOffset(0)]
    public byte* data;

    [FieldOffset(8)]
    public ulong size;

    [FieldOffset(16)]
    public AVPacketSideDataType type;
}
