using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Four numbers in place.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal unsafe struct int_array4
{
    private int _first;

    public int this[uint index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 4u);
            return ((int*)Unsafe.AsPointer(ref _first))[index];
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 4u);
            ((int*)Unsafe.AsPointer(ref _first))[index] = value;
        }
    }
}
