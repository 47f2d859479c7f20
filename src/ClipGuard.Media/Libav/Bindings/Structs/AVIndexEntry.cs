using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Where one packet of a stream lies, as a container's index says.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal struct AVIndexEntry
{
    [FieldOffset(0)]
    public long pos;

    [FieldOffset(8)]
    public long timestamp;

    /// <summary>Two bit fields: flags in the lowest two bits, the size in bytes above them.</summary>
    [FieldOffset(16)]
    public int flags2_size30;

    [FieldOffset(20)]
    public int min_distance;
}
