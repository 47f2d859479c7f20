using System.Runtime.CompilerServices;

namespace ClipGuard.Media.Libav;

/// <summary>The address of a field in memory that FFmpeg gave: bindings have it as a field or as a property that returns a reference.</summary>
internal static unsafe class FieldAddress
{
    public static T* Of<T>(ref T field)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref field);
}
