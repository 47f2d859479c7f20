using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Four component descriptors in place.</summary>
[StructLayout(LayoutKind.Sequential, Size = 80)]
internal unsafe struct AVComponentDescriptor_array4
{
    private AVComponentDescriptor _first;

    public AVComponentDescriptor this[uint index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 4u);
            return ((AVComponentDescriptor*)Unsafe.AsPointer(ref _first))[index];
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 4u);
            ((AVComponentDescriptor*)Unsafe.AsPointer(ref _first))[index] = value;
        }
    }
}
