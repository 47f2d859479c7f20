using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Eight pointers in place.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct byte_ptrArray8
{
    private byte* _first;

    public byte* this[uint index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 8u);
            fixed (byte** first = &_first)
            {
                return first[index];
            }
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 8u);
            fixed (byte** first = &_first)
            {
                first[index] = value;
            }
        }
    }
}
