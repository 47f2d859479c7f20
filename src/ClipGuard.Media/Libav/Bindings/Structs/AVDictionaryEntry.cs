using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>One pair of a dictionary.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct AVDictionaryEntry
{
    [FieldOffset(0)]
    public byte* key;

    [FieldOffset(8)]
    public byte* value;
}
