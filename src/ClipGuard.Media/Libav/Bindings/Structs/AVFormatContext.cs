using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>An open container.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct AVFormatContext
{
    [FieldOffset(8)]
    public AVInputFormat* iformat;

    [FieldOffset(32)]
    public AVIOContext* pb;

    [FieldOffset(44)]
    public uint nb_streams;

    [FieldOffset(48)]
    public AVStream** streams;

    public ref long start_time => ref *(long*)At(Layout.AVFormatContext_start_time);

    public ref long duration => ref *(long*)At(Layout.AVFormatContext_duration);

    public ref long bit_rate => ref *(long*)At(Layout.AVFormatContext_bit_rate);

    public ref int flags => ref *(int*)At(Layout.AVFormatContext_flags);

    public ref long probesize => ref *(long*)At(Layout.AVFormatContext_probesize);

    public ref long max_analyze_duration => ref *(long*)At(Layout.AVFormatContext_max_analyze_duration);

    public ref AVDictionary* metadata => ref *(AVDictionary**)At(Layout.AVFormatContext_metadata);

    public ref int error_recognition => ref *(int*)At(Layout.AVFormatContext_error_recognition);

    public ref AVIOInterruptCB interrupt_callback => ref *(AVIOInterruptCB*)At(Layout.AVFormatContext_interrupt_callback);

    public ref int max_ts_probe => ref *(int*)At(Layout.AVFormatContext_max_ts_probe);

    public ref AVDurationEstimationMethod duration_estimation_method => ref *(AVDurationEstimationMethod*)At(Layout.AVFormatContext_duration_estimation_method);

    public ref void* opaque => ref *(void**)At(Layout.AVFormatContext_opaque);

    public ref AVFormatContext_io_open_func io_open => ref *(AVFormatContext_io_open_func*)At(Layout.AVFormatContext_io_open);

    private byte* At(int offset) => (byte*)Unsafe.AsPointer(ref this) + offset;
}
