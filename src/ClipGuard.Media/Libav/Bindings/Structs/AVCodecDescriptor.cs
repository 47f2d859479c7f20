using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>What there is to know of a codec, whether it can be decoded or not.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct AVCodecDescriptor
{
    [FieldOffset(0)]
    public AVCodecID id;
}
