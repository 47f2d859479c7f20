using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>An open container.</summary>
[StructLayout(LayoutKind.Explicit, Size = 472)]
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

    [FieldOffset(64)]
    public long start_time;

    [FieldOffset(72)]
    public long duration;

    [FieldOffset(80)]
    public long bit_rate;

    [FieldOffset(96)]
    public int flags;

    [FieldOffset(104)]
    public long probesize;

    [FieldOffset(112)]
    public long max_analyze_duration;

    [FieldOffset(176)]
    public AVDictionary* metadata;

    [FieldOffset(196)]
    public int error_recognition;

    [FieldOffset(200)]
    public AVIOInterruptCB interrupt_callback;

    [FieldOffset(240)]
    public int max_ts_probe;

    [FieldOffset(272)]
    public AVDurationEstimationMethod duration_estimation_method;

    [FieldOffset(376)]
    public void* opaque;

    [FieldOffset(424)]
    public AVFormatContext_io_open_func io_open;
}
