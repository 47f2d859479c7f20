using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Where a container's index says that a packet lies.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal unsafe struct AVIndexEntry
{
    [FieldOffset(0)]
    public long pos;

    [FieldOffset(8)]
    public long timestamp;

    [FieldOffset(16)]
    public int flags2_size30;

    [FieldOffset(20)]
    public int min_distance;
}
