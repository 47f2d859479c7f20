using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>Calls into libswscale.</summary>
internal static unsafe partial class ffmpeg
{
    [LibraryImport(Swscale)]
    public static partial int* sws_getCoefficients(int colorspace);

    [LibraryImport(Swscale)]
    public static partial SwsContext* sws_getContext(
        int srcW,
        int srcH,
        AVPixelFormat srcFormat,
        int dstW,
        int dstH,
        AVPixelFormat dstFormat,
        int flags,
        SwsFilter* srcFilter,
        SwsFilter* dstFilter,
        double* param);

    [LibraryImport(Swscale)]
    public static partial SwsContext* sws_alloc_context();

    [LibraryImport(Swscale)]
    public static partial int sws_init_context(SwsContext* sws_context, SwsFilter* srcFilter, SwsFilter* dstFilter);

    [LibraryImport(Swscale)]
    public static partial void sws_freeContext(SwsContext* swsContext);

    [LibraryImport(Swscale)]
    public static partial int sws_setColorspaceDetails(
        SwsContext* c, in int_array4 inv_table, int srcRange, in int_array4 table, int dstRange, int brightness, int contrast, int saturation);

    public static int sws_scale(SwsContext* c, byte*[] srcSlice, int[] srcStride, int srcSliceY, int srcSliceH, byte*[] dst, int[] dstStride)
    {
        fixed (byte** source = srcSlice)
        fixed (byte** target = dst)
        fixed (int* sourceStride = srcStride)
        fixed (int* targetStride = dstStride)
        {
            return sws_scale_native(c, source, sourceStride, srcSliceY, srcSliceH, target, targetStride);
        }
    }

    [LibraryImport(Swscale, EntryPoint = "sws_scale")]
    private static partial int sws_scale_native(SwsContext* c, byte** srcSlice, int* srcStride, int srcSliceY, int srcSliceH, byte** dst, int* dstStride);
}
