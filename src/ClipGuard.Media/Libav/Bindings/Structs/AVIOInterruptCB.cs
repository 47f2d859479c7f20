using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Asked by libavformat whether to give up.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct AVIOInterruptCB
{
    [FieldOffset(0)]
    public AVIOInterruptCB_callback_func callback;

    [FieldOffset(8)]
    public void* opaque;
}
