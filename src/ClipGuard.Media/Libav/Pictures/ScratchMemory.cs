using System.Runtime.InteropServices;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>Memory for intermediate pictures. Grows to the largest one and is kept for the next.</summary>
internal sealed unsafe class ScratchMemory : IDisposable
{
    private const int Alignment = 64;

    private byte* _memory;
    private long _bytes;

    /// <summary>At least so many bytes. What an earlier call gave is not valid any more.</summary>
    /// <exception cref="OutOfMemoryException">There is no more memory.</exception>
    public byte* Take(long bytes)
    {
        if (bytes > _bytes)
        {
            Dispose();
            _memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
            _bytes = bytes;
        }

        return _memory;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        _bytes = 0;
    }
}
