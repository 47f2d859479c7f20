using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>What a pixel format is made of.</summary>
[StructLayout(LayoutKind.Explicit, Size = 112)]
internal unsafe struct AVPixFmtDescriptor
{
    [FieldOffset(0)]
    public byte* name;

    [FieldOffset(8)]
    public byte nb_components;

    [FieldOffset(9)]
    public byte log2_chroma_w;

    [FieldOffset(10)]
    public byte log2_chroma_h;

    [FieldOffset(16)]
    public ulong flags;

    [FieldOffset(24)]
    public AVComponentDescriptor_array4 comp;
}
