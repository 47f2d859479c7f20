using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>One track of a container.</summary>
[StructLayout(LayoutKind.Explicit, Size = 224)]
internal unsafe struct AVStream
{
    [FieldOffset(0)]
    public int index;

    [FieldOffset(4)]
    public int id;

    [FieldOffset(16)]
    public AVRational time_base;

    [FieldOffset(24)]
    public long start_time;

    [FieldOffset(32)]
    public long duration;

    [FieldOffset(40)]
    public long nb_frames;

    [FieldOffset(48)]
    public int disposition;

    [FieldOffset(52)]
    public AVDiscard discard;

    [FieldOffset(56)]
    public AVRational sample_aspect_ratio;

    [FieldOffset(64)]
    public AVDictionary* metadata;

    [FieldOffset(72)]
    public AVRational avg_frame_rate;

    [FieldOffset(200)]
    public AVRational r_frame_rate;

    [FieldOffset(208)]
    public AVCodecParameters* codecpar;
}
