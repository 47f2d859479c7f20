using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>A fraction.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal unsafe struct AVRational
{
    [FieldOffset(0)]
    public int num;

    [FieldOffset(4)]
    public int den;
}
