using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>A demuxer.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct AVInputFormat
{
    [FieldOffset(0)]
    public byte* name;

    [FieldOffset(8)]
    public byte* long_name;

    [FieldOffset(16)]
    public int flags;
}
