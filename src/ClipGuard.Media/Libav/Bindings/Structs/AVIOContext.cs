using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>A byte stream that libavformat reads through.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct AVIOContext
{
    [FieldOffset(8)]
    public byte* buffer;

    [FieldOffset(16)]
    public int buffer_size;

    [FieldOffset(40)]
    public void* opaque;

    [FieldOffset(72)]
    public long pos;

    [FieldOffset(80)]
    public int eof_reached;

    [FieldOffset(84)]
    public int error;

    [FieldOffset(144)]
    public int seekable;

    [FieldOffset(148)]
    public int direct;
}
