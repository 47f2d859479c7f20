using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>One encoded access unit as the container gave it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 104)]
internal unsafe struct AVPacket
{
    [FieldOffset(8)]
    public long pts;

    [FieldOffset(16)]
    public long dts;

    [FieldOffset(24)]
    public byte* data;

    [FieldOffset(32)]
    public int size;

    [FieldOffset(36)]
    public int stream_index;

    [FieldOffset(40)]
    public int flags;

    [FieldOffset(64)]
    public long duration;

    [FieldOffset(72)]
    public long pos;
}
