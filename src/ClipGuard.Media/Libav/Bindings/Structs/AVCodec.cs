using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>A decoder.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct AVCodec
{
    [FieldOffset(0)]
    public byte* name;

    [FieldOffset(8)]
    public byte* long_name;

    [FieldOffset(16)]
    public AVMediaType type;

    [FieldOffset(20)]
    public AVCodecID id;

    [FieldOffset(24)]
    public int capabilities;
}
