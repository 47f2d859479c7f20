using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>A setting of a structure, and where in it the setting lies.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct AVOption
{
    [FieldOffset(0)]
    public byte* name;

    [FieldOffset(16)]
    public int offset;
}
