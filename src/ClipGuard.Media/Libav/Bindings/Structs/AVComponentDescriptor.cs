using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Where one colour component lies within a pixel.</summary>
[StructLayout(LayoutKind.Explicit, Size = 20)]
internal unsafe struct AVComponentDescriptor
{
    [FieldOffset(0)]
    public int plane;

    [FieldOffset(4)]
    public int step;

    [FieldOffset(8)]
    public int offset;

    [FieldOffset(12)]
    public int shift;

    [FieldOffset(16)]
    public int depth;
}
