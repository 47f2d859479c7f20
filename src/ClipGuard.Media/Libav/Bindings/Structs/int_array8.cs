using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Eight numbers in place.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal unsafe struct int_array8
{
    private int _first;

    public int this[uint index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 8u);
            return ((int*)Unsafe.AsPointer(ref _first))[index];
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 8u);
            ((int*)Unsafe.AsPointer(ref _first))[index] = value;
        }
    }
}
