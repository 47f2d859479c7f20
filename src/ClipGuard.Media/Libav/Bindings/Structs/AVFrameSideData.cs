using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>What a decoder says of a frame beside its samples.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct AVFrameSideData
{
    [FieldOffset(0)]
    public AVFrameSideDataType type;

    [FieldOffset(8)]
    public byte* data;

    [FieldOffset(16)]
    public ulong size;
}
